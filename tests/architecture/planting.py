"""Plants a small app/ with given files, to see whether a wrong one is found."""

from collections.abc import Mapping
from pathlib import Path

from tests.architecture.sources import Module, read_modules


def plant(root: Path, files: Mapping[str, str]) -> dict[str, Module]:
    """The modules of an app/ that holds these files, named from app/ on, and the packages around them."""
    for name, text in files.items():
        file = root / "app" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    for folder in (root / "app").rglob("*"):
        if folder.is_dir():
            (folder / "__init__.py").touch()
    (root / "app" / "__init__.py").touch()
    return read_modules(root, "app")

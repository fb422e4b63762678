"""Reads Python files without running them: which modules there are and what each one imports."""

import ast
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Module:
    """One file of Python, parsed."""

    name: str
    path: str
    is_package: bool
    tree: ast.Module
    line_count: int

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(self.name.split("."))


@dataclass(frozen=True, slots=True)
class Import:
    """One module named by another: a module of ours, or a library's name in full."""

    importer: Module
    target: str
    line: int

    @property
    def place(self) -> str:
        return f"{self.importer.path}:{self.line}"


def read_modules(root: Path, folder: str) -> dict[str, Module]:
    """Every module below a folder of the project, by its dotted name."""
    modules = {}
    for file in sorted((root / folder).rglob("*.py")):
        path = file.relative_to(root)
        names = path.with_suffix("").parts
        is_package = names[-1] == "__init__"
        name = ".".join(names[:-1] if is_package else names)
        text = file.read_text(encoding="utf-8")
        tree = ast.parse(text, filename=str(file))
        modules[name] = Module(name, path.as_posix(), is_package, tree, len(text.splitlines()))
    return modules


def imports_of(module: Module, known: Container[str]) -> list[Import]:
    """Each import of a module, wherever in the file it stands, resolved to the module that it means."""
    found = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(module, node.level, node.module or "")
            targets = [_meant(base, alias.name, known) for alias in node.names]
        elif isinstance(node, ast.Call):
            targets = list(_named_in_a_call(module, node))
        else:
            continue
        found += [Import(module, target, node.lineno) for target in targets]
    return found


def _absolute(module: Module, level: int, name: str) -> str:
    if level == 0:
        return name
    package = module.parts if module.is_package else module.parts[:-1]
    kept = package[: len(package) - (level - 1)]
    return ".".join((*kept, name) if name else kept)


def _meant(base: str, name: str, known: Container[str]) -> str:
    """`from app.people import rules` means a module, `from app.people.rules import Actor` a name in one."""
    full = f"{base}.{name}"
    ours = base.split(".", maxsplit=1)[0] == "app"
    if name == "*" or (ours and full not in known and base != "app"):
        return base
    return full


def _named_in_a_call(module: Module, call: ast.Call) -> Iterator[str]:
    """The module that `import_module("...")` or `__import__("...")` names with a literal."""
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name not in {"import_module", "__import__"} or not call.args:
        return
    first = call.args[0]
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        literal = first.value
        level = len(literal) - len(literal.lstrip("."))
        yield _absolute(module, level, literal.lstrip("."))

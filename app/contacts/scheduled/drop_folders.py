"""Drop folders: files that other programs put there, taken when they are whole, moved when their contacts are kept."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from app.config import Settings
from app.values.lines import one_line

DONE, FAILED = "done", "failed"
# How long nobody may have written to a file before it counts as whole.
QUIET = timedelta(seconds=30)
# How programs call a file while they are writing it.
UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".filepart", ".crdownload", ".writing", "~")


@dataclass(frozen=True, slots=True)
class Found:
    """A file as it lay there: who writes to it afterwards changes its size or its time."""

    path: Path
    byte_count: int
    written_at_ns: int


def folder_of(settings: Settings, name: str) -> Path:
    """Where the files of a source are dropped; made on first use."""
    folder = settings.instance / "drop" / one_line(name)
    for one in (folder, folder / DONE, folder / FAILED):
        one.mkdir(parents=True, exist_ok=True)
    return folder


def look(folder: Path, at: datetime) -> tuple[list[Found], int]:
    """The files that are whole, by name, and how many are still being written."""
    whole, waiting = [], 0
    for path in sorted(folder.iterdir()):
        if not path.is_file() or path.name.startswith("."):
            continue
        found = _seen(path)
        if path.name.lower().endswith(UNFINISHED) or found.written_at_ns > (at - QUIET).timestamp() * 1e9:
            waiting += 1
        else:
            whole.append(found)
    return whole, waiting


def put_away(found: Found, where: str, at: datetime) -> bool:
    """Move a file into done or failed, beside others of its name; False where it was written to meanwhile."""
    if _seen(found.path) != found:
        return False
    target = found.path.parent / where / found.path.name
    if target.exists():
        target = next(_other_names(target, f"{at:%Y%m%d-%H%M%S}", Path.exists))
    found.path.rename(target)
    return True


def _other_names(target: Path, stamp: str, is_taken: Callable[[Path], bool]) -> Iterator[Path]:
    """The name with the moment in it, and a number where that is taken as well."""
    for number in range(1, 10_000):
        suffix = stamp if number == 1 else f"{stamp}-{number}"
        name = target.with_name(f"{target.stem}-{suffix}{target.suffix}")
        if not is_taken(name):
            yield name


def _seen(path: Path) -> Found:
    told = path.stat()
    return Found(path, told.st_size, told.st_mtime_ns)

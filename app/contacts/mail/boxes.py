"""Mails in files: an mbox, a folder of .eml files, or one mail; read one after another, however large they are."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from app.contacts.mail.arriving import RawMail
from app.contacts.mail.message import HEAD_BYTES
from app.values.errors import Refused

BLOCK_BYTES = 1 << 20
LONGEST_LINE = 1 << 16
BETWEEN = b"From "
_DATED = re.compile(rb"From .*\d\d:\d\d.*\d{4}\s*")
_FIELD = re.compile(rb"[!-9;-~]+:")
_QUOTED = re.compile(rb">+From ")


@dataclass(frozen=True, slots=True)
class Box:
    """What is to be taken in: its files in order, and whether each may hold many mails."""

    path: Path
    files: tuple[Path, ...]
    byte_count: int
    sha256: str

    def mails(self) -> Iterator[tuple[RawMail, int]]:
        """Every mail, numbered from 1, with how many bytes are read by then."""
        number = done = 0
        for path in self.files:
            where = path.name if path == self.path else str(path.relative_to(self.path))
            try:
                kept_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                with path.open("rb") as file:
                    many = path.suffix.lower() != ".eml" and file.read(len(BETWEEN)) == BETWEEN
                    file.seek(0)
                    raws = _split(file) if many else iter([(file.read(HEAD_BYTES), path.stat().st_size)])
                    for place, (raw, end) in enumerate(raws, start=1):
                        number += 1
                        yield RawMail(number, f"{where}, mail {place}" if many else where, raw, kept_at), done + end
                    done += path.stat().st_size
            except OSError as error:
                number += 1
                yield RawMail(number, where, b"", None, f"The file cannot be read: {error.strerror}."), done


def look(path: Path) -> Box:
    """What lies there; raises Refused where there is no mail to read."""
    if path.is_dir():
        files = tuple(sorted(one for one in path.rglob("*") if one.suffix.lower() == ".eml" and one.is_file()))
        if not files:
            raise Refused(f"{path.name} holds no .eml file. Nothing was taken in.")
    elif path.is_file():
        files = (path,)
    else:
        raise Refused(f"There is no file or folder {path}. Nothing was taken in.")
    checksum, byte_count = hashlib.sha256(), 0
    for one in files:
        byte_count += one.stat().st_size
        checksum.update(f"{one.relative_to(path)}\0{one.stat().st_size}\0".encode("utf-8", "surrogateescape"))
        _add_content(checksum, one)
    if not byte_count:
        raise Refused(f"{path.name} is empty. Nothing was taken in.")
    return Box(path, files, byte_count, checksum.hexdigest())


def _add_content(checksum: "hashlib._Hash", path: Path) -> None:
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK_BYTES):
                checksum.update(block)
    except OSError:
        checksum.update(b"not read")  # it is kept aside with its reason


def _split(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """The mails of an mbox, each to HEAD_BYTES, with where they end.

    A mail begins behind a line “From ...” that has a date in it, or a header field below it; the first line is one.
    """
    mail = bytearray()
    is_open, after_blank = False, True
    line = file.readline(LONGEST_LINE)
    while line:
        following = file.readline(LONGEST_LINE)
        if not is_open or (after_blank and line.startswith(BETWEEN) and _begins(line, following)):
            if is_open:
                yield bytes(mail), file.tell() - len(following)
            mail.clear()
            is_open = True
            while following.startswith(BETWEEN):  # the same line again, from another program
                following = file.readline(LONGEST_LINE)
            after_blank = False
        else:
            after_blank = not line.strip()
            if len(mail) < HEAD_BYTES:
                mail += line[1:] if _QUOTED.match(line) else line
        line = following
    if is_open:
        yield bytes(mail), file.tell()


def _begins(line: bytes, following: bytes) -> bool:
    return any(map(_DATED.fullmatch, (line, following))) or _FIELD.match(following) is not None

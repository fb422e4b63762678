"""Files as they came, packed with gzip or zip or not at all, read as the bytes within, with limits."""

import gzip
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from app.values.errors import Refused
from app.values.figures import counted, size

BLOCK_BYTES = 1 << 20
MOST_BYTES = 4_000_000_000
MOST_RATIO = 200
RATIO_COUNTS_FROM_BYTES = 50_000_000
MOST_ENTRIES = 1000
GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
EMPTY_ZIP = b"PK\x05\x06"
# What only archives that are workbooks hold: XLSX, XLSB, and the sheets of open documents.
WORKBOOK_PARTS = frozenset({"xl/workbook.xml", "xl/workbook.bin", "content.xml"})
DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, NotImplementedError, RuntimeError)
_ENCRYPTED = 1


@dataclass(frozen=True, slots=True)
class File:
    """A file where it lies, and the name under which somebody knows it."""

    path: Path
    name: str


def opened(file: File) -> BinaryIO:
    """The bytes of the file as it lies; raises Refused where it cannot be read."""
    try:
        return file.path.open("rb", buffering=BLOCK_BYTES)
    except OSError as error:
        raise Refused(f"{file.name} cannot be read: {error.strerror}. Nothing was taken in.") from error


def packing(file: File) -> str:
    """Gzip or zip, or nothing; an archive that is a workbook is no packing. Raises Refused for what is in no order."""
    with opened(file) as raw:
        head = raw.read(len(ZIP))
        if head.startswith(GZIP):
            return "gzip"
        if head in {ZIP, EMPTY_ZIP}:
            return "" if WORKBOOK_PARTS & {entry.filename for entry in _entries(file, raw)} else "zip"
    return ""


@contextmanager
def unpacked(file: File, packed: str) -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """The bytes within, and the raw file, whose position says how far reading got."""
    with opened(file) as raw:
        if packed == "gzip":
            yield cast("BinaryIO", gzip.GzipFile(fileobj=raw)), raw
        elif packed == "zip":
            entry = _only_one(file, _entries(file, raw))
            with zipfile.ZipFile(raw) as archive, _readable(file, archive, entry) as stream:
                yield stream, raw
        else:
            yield raw, raw


def blocks(file: File, packed: str) -> Iterator[bytes]:
    """The bytes within, block by block; raises Refused where they are damaged, or far more than anybody exports."""
    packed_bytes = file.path.stat().st_size
    read = 0
    try:
        with unpacked(file, packed) as (stream, _):
            while block := stream.read(BLOCK_BYTES):
                read += len(block)
                if packed:
                    check_size(file, packed_bytes, read)
                yield block
    except DAMAGED as error:
        raise damaged(file) from error


def check_size(file: File, packed_bytes: int, unpacked_bytes: int) -> None:
    """Raises Refused where a file unpacks to far more than anybody exports."""
    too_dense = unpacked_bytes > RATIO_COUNTS_FROM_BYTES and unpacked_bytes > packed_bytes * MOST_RATIO
    if unpacked_bytes > MOST_BYTES or too_dense:
        raise Refused(
            f"{file.name} has {size(packed_bytes)} and unpacks to more than {size(unpacked_bytes)}, which no export "
            "does. Nothing was taken in. If it is right, unpack it first."
        )


def damaged(file: File) -> Refused:
    """The sentence for what cannot be unpacked."""
    return Refused(f"{file.name} is damaged: it cannot be unpacked to its end. Copy or download it again.")


def check_archive(file: File, most_bytes: int) -> None:
    """Raises Refused where an archive that is a workbook is damaged or would unpack to too much.

    Everything in it is unpacked once, since what an archive says of its sizes need not be true.
    """
    packed_bytes, read = file.path.stat().st_size, 0
    try:
        with opened(file) as raw:
            entries = _entries(file, raw)
            if sum(entry.file_size for entry in entries) > most_bytes:
                raise Refused(f"{file.name} unpacks to more than {size(most_bytes)}. Save the sheet as CSV instead.")
            with zipfile.ZipFile(raw) as archive:
                for entry in entries:
                    with _readable(file, archive, entry) as stream:
                        while block := stream.read(BLOCK_BYTES):
                            read += len(block)
                            check_size(file, packed_bytes, read)
    except DAMAGED as error:
        raise damaged(file) from error


def _entries(file: File, raw: BinaryIO) -> list[zipfile.ZipInfo]:
    raw.seek(0)
    try:
        with zipfile.ZipFile(raw) as archive:
            entries = archive.infolist()
    except (*DAMAGED, OSError, ValueError) as error:
        raise damaged(file) from error
    raw.seek(0)
    if len(entries) > MOST_ENTRIES:
        raise Refused(f"{file.name} holds {counted(len(entries), 'file')}. Unpack it and send the one with the rows.")
    return entries


def _only_one(file: File, entries: Sequence[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    """The one file that an archive holds, besides what systems put in by themselves."""
    own = [one for one in entries if not one.is_dir() and not one.filename.startswith("__MACOSX/")]
    own = [one for one in own if not one.filename.rpartition("/")[2].startswith(".")]
    if not own:
        raise Refused(f"{file.name} is an empty archive. Nothing was taken in.")
    if len(own) > 1:
        named = ", ".join(one.filename for one in own[:3])
        more = f" and {len(own) - 3} more" if len(own) > 3 else ""  # noqa: PLR2004
        raise Refused(
            f"{file.name} holds {counted(len(own), 'file')}: {named}{more}. "
            "Unpack it and send them one by one. Nothing was taken in."
        )
    return own[0]


@contextmanager
def _readable(file: File, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[BinaryIO]:
    if entry.flag_bits & _ENCRYPTED:
        raise Refused(f"{file.name} is protected by a password. Save it without one. Nothing was taken in.")
    with archive.open(entry) as stream:
        yield cast("BinaryIO", stream)

"""Files as bytes: what they are, whatever their name says, how large, in which encoding; opened as text with limits."""

import codecs
import gzip
import hashlib
import io
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO

from app.values.errors import Refused
from app.values.figures import size

BLOCK_BYTES = 1 << 20
MOST_BYTES = 4_000_000_000
MOST_RATIO = 200
RATIO_COUNTS_FROM_BYTES = 50_000_000
GZIP = b"\x1f\x8b"
ENCODING_NAMES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252",
}
# What a file begins with that is no text of ours, and what to do about it.
OTHER_KINDS = (
    (b"PK\x03\x04", "is a workbook (XLSX) or a zip archive. Unpack it, or save the sheet as CSV"),
    (b"\xd0\xcf\x11\xe0", "is an old workbook (XLS). Save the sheet as CSV"),
    (b"%PDF", "is a PDF. Export the rows that it was made from as CSV"),
    (b"\x89PNG", "is a picture. Choose the export as CSV"),
    (b"\xff\xd8\xff", "is a picture. Choose the export as CSV"),
    (b"GIF8", "is a picture. Choose the export as CSV"),
    (b"BZh", "is packed with bzip2. Unpack it first"),
    (b"\xfd7zXZ", "is packed with xz. Unpack it first"),
    (b"7z\xbc\xaf", "is packed with 7-Zip. Unpack it first"),
    (b"SQLite format 3", "is a database. Export the rows as CSV"),
    (b"<", "is a web page or XML. If it came from a download, sign in there and export as CSV again"),
    (b"{", "is JSON. Export the rows as CSV"),
    (b"[", "is JSON. Export the rows as CSV"),
)
_ESCAPED = re.compile("[\udc80-\udcff]")
_NOT_ASCII = re.compile("[^\x00-\x7f]")


@dataclass(frozen=True, slots=True)
class File:
    """A file where it lies, and the name under which somebody knows it."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Survey:
    """What one pass over a whole file found; `has_nul` asks for a look at every row."""

    sha256: str
    byte_count: int
    encoding: str
    is_packed: bool
    has_nul: bool

    @property
    def encoding_name(self) -> str:
        """The encoding as people call it."""
        return ENCODING_NAMES[self.encoding]


def survey(file: File) -> Survey:
    """Read all bytes once; raises Refused with a sentence where the file can never be taken in."""
    is_packed = check_kind(file)
    checksum = hashlib.sha256()
    with _opened(file) as raw:
        while block := raw.read(BLOCK_BYTES):
            checksum.update(block)
    encoding, has_nul = _encoding(file, is_packed=is_packed)
    return Survey(checksum.hexdigest(), file.path.stat().st_size, encoding, is_packed, has_nul)


def check_kind(file: File) -> bool:
    """Whether the file is packed; raises Refused where its head shows that it is no text."""
    with _opened(file) as raw:
        is_packed = raw.read(len(GZIP)) == GZIP
    head = next(_blocks(file, is_packed=is_packed), b"")
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if not text.strip(b"\0\xff\xfe"):
        raise Refused(f"{file.name} is empty. Nothing was taken in.")
    for beginning, sentence in OTHER_KINDS:
        if text.startswith(beginning):
            raise Refused(f"{file.name} {sentence}. Nothing was taken in.")
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise Refused(f"{file.name} is written in UTF-32. Save it as UTF-8. Nothing was taken in.")
    control = sum(head[:4096].count(byte) for byte in (*range(1, 9), *range(14, 27), *range(28, 32)))
    if control > len(head[:4096]) / 50:
        raise Refused(f"{file.name} is no text. Export the rows as CSV. Nothing was taken in.")
    return is_packed


@contextmanager
def opened_text(file: File, found: Survey) -> Iterator[tuple[TextIO, BinaryIO]]:
    """The file as text, with the raw file beside it, whose position says how far reading got.

    Bytes that are wrong in UTF-8 come through as lone surrogates, so that their row alone is rejected.
    """
    errors = "strict" if found.encoding.startswith("utf-16") else "surrogateescape"
    with _opened(file) as raw:
        stream: BinaryIO = gzip.GzipFile(fileobj=raw) if found.is_packed else raw  # type: ignore[assignment]
        yield io.TextIOWrapper(stream, encoding=found.encoding, errors=errors, newline=""), raw


def _opened(file: File) -> BinaryIO:
    try:
        return file.path.open("rb", buffering=BLOCK_BYTES)
    except OSError as error:
        raise Refused(f"{file.name} cannot be read: {error.strerror}. Nothing was taken in.") from error


def _blocks(file: File, *, is_packed: bool) -> Iterator[bytes]:
    """The content of the file, unpacked; raises Refused where it unpacks to far more than anybody exports."""
    packed_bytes = file.path.stat().st_size
    with _opened(file) as raw:
        stream = gzip.GzipFile(fileobj=raw) if is_packed else raw
        read = 0
        try:
            while block := stream.read(BLOCK_BYTES):
                read += len(block)
                too_dense = read > RATIO_COUNTS_FROM_BYTES and read > packed_bytes * MOST_RATIO
                if is_packed and (read > MOST_BYTES or too_dense):
                    raise Refused(
                        f"{file.name} has {size(packed_bytes)} and unpacks to more than {size(read)}, which no export "
                        "does. Nothing was taken in. If it is right, unpack it first."
                    )
                yield block
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise Refused(
                f"{file.name} is damaged: it cannot be unpacked to its end. Copy or download it again."
            ) from error


def _encoding(file: File, *, is_packed: bool) -> tuple[str, bool]:
    """The encoding, and whether NUL bytes occur, decided over the whole file."""
    good = bad = 0
    has_nul = False
    decoder = codecs.getincrementaldecoder("utf-8")(errors="surrogateescape")
    for number, block in enumerate(_blocks(file, is_packed=is_packed)):
        if number == 0:
            known = _marked(block)
            if known.startswith("utf-16"):
                return known, True
        has_nul = has_nul or b"\0" in block
        text = decoder.decode(block)
        if not text.isascii():
            escaped = len(_ESCAPED.findall(text))
            bad += escaped
            good += len(_NOT_ASCII.findall(text)) - escaped
    bad += len(decoder.decode(b"", final=True))
    return ("utf-8-sig" if bad <= good else "cp1252"), has_nul


def _marked(head: bytes) -> str:
    """UTF-16 where a byte order mark, or every other byte, says so."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    sample = head[:2000]
    first, second = (sample[start::2].count(0) > len(sample) / 3 for start in (0, 1))
    if first == second:
        return ""
    return "utf-16-be" if first else "utf-16-le"

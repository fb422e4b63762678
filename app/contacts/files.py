"""Files as bytes: what they are, whatever their name says, how large, in which encoding; opened as text."""

import codecs
import hashlib
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TextIO

from app.contacts import records, unpacking, workbooks
from app.contacts.spelled import Position, Table
from app.contacts.unpacking import BLOCK_BYTES, ZIP, File, blocks, unpacked
from app.values.errors import Refused

__all__ = ["File", "Survey", "opened_text", "survey"]

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
    (b"%PDF", "is a PDF. Export the rows that it was made from as CSV"),
    (b"\x89PNG", "is a picture. Choose the export as CSV"),
    (b"\xff\xd8\xff", "is a picture. Choose the export as CSV"),
    (b"GIF8", "is a picture. Choose the export as CSV"),
    (b"BZh", "is packed with bzip2. Unpack it first"),
    (b"\xfd7zXZ", "is packed with xz. Unpack it first"),
    (b"7z\xbc\xaf", "is packed with 7-Zip. Unpack it first"),
    (b"SQLite format 3", "is a database. Export the rows as CSV"),
    (b"<", "is a web page or XML. If it came from a download, sign in there and export as CSV again"),
)
CALLED_WORKBOOK = (".xls", ".xlsx")
NO_WORKBOOK = "is a web page or XML that is called a workbook. Open it and save it as XLSX or CSV"
_ESCAPED = re.compile("[\udc80-\udcff]")
_NOT_ASCII = re.compile("[^\x00-\x7f]")


@dataclass(frozen=True, slots=True)
class Survey:
    """What one pass over a whole file found; `has_nul` asks for a look at every row.

    `table` is what a file that is no text is read as.
    """

    sha256: str
    byte_count: int
    encoding: str
    packed: str
    has_nul: bool
    table: Table | None = None

    @property
    def encoding_name(self) -> str:
        """The encoding as people call it, or what else the file is."""
        return ENCODING_NAMES[self.encoding] if self.table is None else self.table.kind


def survey(file: File) -> Survey:
    """Read all bytes once; raises Refused with a sentence where the file can never be taken in."""
    packed = unpacking.packing(file)
    kind = _kind(file, packed)
    checksum = hashlib.sha256()
    with unpacking.opened(file) as raw:
        while block := raw.read(BLOCK_BYTES):
            checksum.update(block)
    facts = (checksum.hexdigest(), file.path.stat().st_size)
    if kind == "workbook":
        return Survey(*facts, "utf-8", packed, has_nul=True, table=workbooks.table(file))
    encoding, has_nul = _encoding(file, packed)
    if kind == "text":
        return Survey(*facts, encoding, packed, has_nul)
    table = records.table(file, lambda: _only_text(file, encoding, packed))
    return Survey(*facts, "utf-8", packed, has_nul=True, table=table)


def _kind(file: File, packed: str) -> str:
    """text, workbook or records; raises Refused where the head of the file shows that it is none of them."""
    head = next(blocks(file, packed), b"")
    if head.startswith((ZIP, workbooks.OLE)):
        if packed:
            raise Refused(f"{file.name} holds a workbook or an archive within. Unpack it first. Nothing was taken in.")
        return "workbook"
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if not text.strip(b"\0\xff\xfe"):
        raise Refused(f"{file.name} is empty. Nothing was taken in.")
    for beginning, sentence in OTHER_KINDS:
        if text.startswith(beginning):
            is_called_so = beginning == b"<" and file.name.casefold().endswith(CALLED_WORKBOOK)
            raise Refused(f"{file.name} {NO_WORKBOOK if is_called_so else sentence}. Nothing was taken in.")
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise Refused(f"{file.name} is written in UTF-32. Save it as UTF-8. Nothing was taken in.")
    control = sum(head[:4096].count(byte) for byte in (*range(1, 9), *range(14, 27), *range(28, 32)))
    if control > len(head[:4096]) / 50:
        raise Refused(f"{file.name} is no text. Export the rows as CSV. Nothing was taken in.")
    first = head[:400].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return "records" if first.startswith((b"{", b"[{", b"[\n", b"[\r", b"[ ", b"[]")) else "text"


@contextmanager
def opened_text(file: File, found: Survey) -> Iterator[tuple[TextIO, Position]]:
    """The file as text, with the raw file beside it, whose position says how far reading got.

    Bytes that are wrong in UTF-8 come through as lone surrogates, so that their row alone is rejected.
    """
    if found.table is not None:
        with found.table.opened() as spelled:
            yield spelled
        return
    with unpacked(file, found.packed) as (stream, raw):
        yield io.TextIOWrapper(stream, encoding=found.encoding, errors=_errors(found.encoding), newline=""), raw


@contextmanager
def _only_text(file: File, encoding: str, packed: str) -> Iterator[TextIO]:
    with unpacked(file, packed) as (stream, _):
        yield io.TextIOWrapper(stream, encoding=encoding, errors=_errors(encoding), newline="")


def _errors(encoding: str) -> str:
    return "strict" if encoding.startswith("utf-16") else "surrogateescape"


def _encoding(file: File, packed: str) -> tuple[str, bool]:
    """The encoding, and whether NUL bytes occur, decided over the whole file."""
    good = bad = 0
    has_nul = False
    decoder = codecs.getincrementaldecoder("utf-8")(errors="surrogateescape")
    for number, block in enumerate(blocks(file, packed)):
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

"""Which documents are taken as evidence: known by their content, never by their name alone, and by a clean name."""

import re
import unicodedata
import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import PurePosixPath

from app.values.errors import Refused
from app.values.lines import one_line

LARGEST_BYTES = 10_000_000
LONGEST_NAME = 100
LONGEST_ENDING = 10  # what follows a point beyond this is a sentence, and no ending
OFFICE = "application/vnd.openxmlformats-officedocument"
MEDIA_TYPES: Mapping[str, str] = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".xlsx": f"{OFFICE}.spreadsheetml.sheet",
    ".docx": f"{OFFICE}.wordprocessingml.document",
    ".csv": "text/csv",
    ".txt": "text/plain",
    ".eml": "message/rfc822",
}
SAME = {".jpeg": ".jpg"}
_UNFIT = re.compile(r"[^\w .()+-]")


def clean_name(given: str) -> str:
    """The last part of a file's name, of letters, digits and a few signs, short, and with its ending."""
    last = PurePosixPath(unicodedata.normalize("NFC", given).replace("\\", "/")).name
    tidied = _UNFIT.sub("_", one_line(last)).strip(" .") or "document"
    ending = PurePosixPath(tidied).suffix.lower()
    if len(ending) > LONGEST_ENDING:
        ending = ""
    stem = tidied[: len(tidied) - len(ending)]
    return f"{stem[: LONGEST_NAME - len(ending)].strip(' .') or 'document'}{ending}"


def media_type(name: str, content: bytes) -> str:
    """What kind of document it is; raises Refused for one that is empty, too large, or not what its name says."""
    if not content:
        raise Refused(f"{name} is empty. Choose the document that shows the act.")
    if len(content) > LARGEST_BYTES:
        raise Refused(f"{name} is larger than {LARGEST_BYTES // 1_000_000} MB. Choose a smaller copy of it.")
    ending = PurePosixPath(name).suffix.lower()
    ending = SAME.get(ending, ending)
    if ending not in MEDIA_TYPES:
        raise Refused(f"{name} is of a kind that is not taken. Choose a PDF, a picture, a sheet, a letter or a mail.")
    if not _LOOKS[ending](content):
        raise Refused(f"{name} does not hold what its ending says. Save it again as {ending[1:].upper()}.")
    return MEDIA_TYPES[ending]


def _begins(start: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(start)


def _holds(folder: str) -> Callable[[bytes], bool]:
    def look(content: bytes) -> bool:
        try:
            with zipfile.ZipFile(BytesIO(content)) as archive:
                names = archive.namelist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            return False
        # A document with macros runs something; evidence only has to be read.
        has_macros = any(name.lower().endswith("vbaproject.bin") for name in names)
        return "[Content_Types].xml" in names and any(name.startswith(folder) for name in names) and not has_macros

    return look


def _is_text(content: bytes) -> bool:
    if b"\x00" in content:
        return False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return all(byte >= 32 or byte in b"\t\r\n\f" for byte in content)  # noqa: PLR2004
    return True


_LOOKS: Mapping[str, Callable[[bytes], bool]] = {
    ".pdf": _begins(b"%PDF-"),
    ".png": _begins(b"\x89PNG\r\n\x1a\n"),
    ".jpg": _begins(b"\xff\xd8\xff"),
    ".xlsx": _holds("xl/"),
    ".docx": _holds("word/"),
    ".csv": _is_text,
    ".txt": _is_text,
    ".eml": _is_text,
}

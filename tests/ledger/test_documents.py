"""What is taken as evidence, and how it is kept on disk."""

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.ledger import attachments, documents
from app.values.errors import Missing, Refused
from tests.builders import AT, TESTER

PNG = b"\x89PNG\r\n\x1a\n and so on"


def office(*names: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in ("[Content_Types].xml", *names):
            archive.writestr(name, "x")
    return content.getvalue()


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("roster.PDF", "roster.pdf"),
        ("C:\\Users\\dana\\Roster März.pdf", "Roster März.pdf"),
        ("../../etc/passwd", "passwd"),
        ('a"b;c\r\nSet-Cookie: x.pdf', "a_b_c Set-Cookie_ x.pdf"),
        ("\u202etxt.exe", "txt.exe"),
        ("...", "document"),
        ("", "document"),
        ("x" * 300 + ".pdf", "x" * 96 + ".pdf"),
        ("ü" * 396 + ".PDF", "ü" * 96 + ".pdf"),
        ("a. " + "b" * 400, "a. " + "b" * 97),
    ],
)
def test_a_name_is_cleaned(given_name: str, kept: str) -> None:
    assert documents.clean_name(given_name) == kept


@given(st.text(max_size=300))
def test_no_name_leads_out_of_a_folder_or_a_header(text: str) -> None:
    name = documents.clean_name(text)
    assert 0 < len(name) <= documents.LONGEST_NAME
    assert not set(name) & set('/\\":;<>|*?\r\n\x00')
    assert name not in {".", ".."}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"%PDF-1.4"),
        ("a.png", PNG),
        ("a.jpeg", b"\xff\xd8\xff\xe0"),
        ("a.xlsx", office("xl/workbook.xml")),
        ("a.docx", office("word/document.xml")),
        ("a.csv", "a;b\nü;1\n".encode()),
        ("a.txt", "naïve".encode("cp1252")),
        ("a.eml", b"Subject: invoice\r\n\r\nAll yours."),
    ],
)
def test_a_document_is_what_its_content_says(name: str, content: bytes) -> None:
    assert documents.media_type(name, content)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.pdf", b"", "is empty"),
        ("a.pdf", b"%PDF-" + b"x" * documents.LARGEST_BYTES, "larger than 10 MB"),
        ("a.exe", b"MZ", "of a kind that is not taken"),
        ("a.html", b"<script>", "of a kind that is not taken"),
        ("a.pdf", b"<html>", "does not hold what its ending says"),
        ("a.png", b"%PDF-", "does not hold what its ending says"),
        ("a.csv", b"a\x00b", "does not hold what its ending says"),
        ("a.xlsx", b"PK not a zip", "does not hold what its ending says"),
        ("a.xlsx", office("word/document.xml"), "does not hold what its ending says"),
        ("a.xlsx", office("xl/workbook.xml", "xl/vbaProject.bin"), "does not hold what its ending says"),
    ],
)
def test_anything_else_is_refused(name: str, content: bytes, words: str) -> None:
    with pytest.raises(Refused, match=words):
        documents.media_type(name, content)


def test_a_document_is_kept_once_under_its_hash_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "attachments"
    first, again = (attachments.store(folder, name, PNG) for name in ("a.png", "b.png"))
    assert (first.sha256, first.name, again.name) == (again.sha256, "a.png", "b.png")
    assert [path.name for path in folder.iterdir()] == [first.sha256]
    assert (folder / first.sha256).stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / first.sha256).read_bytes() == PNG


def test_a_document_that_is_gone_or_altered_is_named(session: Session, tmp_path: Path) -> None:
    ids = [
        attachments.add(session, attachments.store(tmp_path, "a.txt", content), by=TESTER, at=AT)
        for content in (b"one", b"two", b"three")
    ]
    paths = [attachments.attachment(session, tmp_path, one).path for one in ids]
    assert list(attachments.differences(session, tmp_path)) == []
    paths[0].unlink()
    paths[1].write_bytes(b"2")
    gone, altered = attachments.differences(session, tmp_path)
    assert "is not in the folder of attachments any more" in gone
    assert "was altered after it was handed in" in altered
    with pytest.raises(Missing):
        attachments.attachment(session, tmp_path, ids[0])

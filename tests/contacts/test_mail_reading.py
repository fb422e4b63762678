"""One mail, however it was written or broken."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from app.contacts.mail import wording
from app.contacts.mail.message import Mail, NoMail, read_mail
from tests.mail_builders import make_mail

BERLIN = ZoneInfo("Europe/Berlin")


def read(raw: bytes) -> Mail:
    return read_mail(raw, BERLIN)


def test_a_plain_mail_says_who_wrote_when_and_what() -> None:
    mail = read(make_mail())
    assert (mail.message_id, mail.sender, mail.subject, mail.text) == (
        "one@customer.example",
        "dana@customer.example",
        "Parcel",
        "Where is my parcel?",
    )
    assert mail.sent_at == datetime(2026, 9, 14, 6, 30, tzinfo=UTC)
    assert not mail.is_automatic
    assert mail.unread == ()


@pytest.mark.parametrize(
    ("date", "moment"),
    [
        ("14 Sep 2026 08:30:00", datetime(2026, 9, 14, 6, 30, tzinfo=UTC)),  # no zone: on the clock of the source
        ("Mon, 14 Sep 2026 08:30:00 -0000", datetime(2026, 9, 14, 8, 30, tzinfo=UTC)),
        ("Mon, 14 Sep 2026 08:30:00 EST", datetime(2026, 9, 14, 13, 30, tzinfo=UTC)),
        ("yesterday", None),
        ("Mon, 35 Sep 2026 28:99:00 +9900", None),
        ("Mon, 14 Sep 99999 08:30:00 +0000", None),
    ],
)
def test_dates_are_read_as_far_as_they_are_dates(date: str, moment: datetime | None) -> None:
    assert read(make_mail(date=date)).sent_at == moment


def test_encoded_words_and_bare_bytes_become_letters() -> None:
    assert read(make_mail(subject="=?iso-8859-1?q?Gr=FC=DFe?= aus =?utf-8?b?S8O2bG4=?=")).subject == "Grüße aus Köln"
    assert read(make_mail(subject="=?utf-8?b?broken!?=")).subject
    assert read(make_mail().replace(b"Parcel", b"Gr\xfc\xdfe")).subject == "Grüße"
    assert read(make_mail(subject="=?no-such?q?Gr=C3=BC=C3=9Fe?=")).subject == "Grüße"


def test_html_becomes_text_where_there_is_no_plain_text() -> None:
    html = "<html><head><style>p {}</style></head><body><p>My parcel&nbsp;is<br>lost.</p><script>x()</script></body>"
    assert read(make_mail(html, content_type="text/html")).text == "My parcel is\nlost."
    both = "--x\nContent-Type: text/plain\n\nPlain words\n--x\nContent-Type: text/html\n\n<p>Marked words</p>\n--x--"
    assert read(make_mail(both, content_type='multipart/alternative; boundary="x"')).text == "Plain words"
    blank = both.replace("Plain words", " ")
    assert read(make_mail(blank, content_type='multipart/alternative; boundary="x"')).text == "Marked words"


def test_quoted_replies_and_signatures_are_cut() -> None:
    assert wording.first_lines("New words\n\n-- \nDana\nManager") == "New words"
    assert wording.first_lines("New words\n\nOn Mon, 14 Sep, Support wrote:\n> Old words\n> more") == "New words"
    assert wording.first_lines("On Mon, Sep 14, 2026 at 8:30, Support\n<s@c.example> wrote:\n> Old\nBelow") == "Below"
    assert wording.first_lines("New words\n-----Original Message-----\nFrom: x\nOld words") == "New words"
    assert wording.first_lines("New words\n\nFrom: Support\nSent: Monday\nTo: Dana\n\nOld words") == "New words"
    assert wording.first_lines("Am 14.09.26 um 08:30 schrieb Support:\n\nAlte Worte") == ""
    assert wording.of_html("<p>New</p><blockquote>Old <p>older</p></blockquote>") == "New"
    assert wording.of_html("<blockquote>All of it is set off") == "All of it is set off"


def test_only_first_lines_are_kept() -> None:
    kept = wording.first_lines("\n".join(f"Line {number}" for number in range(100)))
    assert kept.splitlines() == [f"Line {number}" for number in range(wording.MOST_LINES)]
    assert len(wording.first_lines("word " * 10_000)) <= wording.MOST_LETTERS + 1


@pytest.mark.parametrize(
    "fields",
    [
        {"auto_submitted": "auto-replied"},
        {"auto_submitted": "auto-generated; owner=x"},
        {"content_type": 'multipart/report; report-type=delivery-status; boundary="x"'},
        {"return_path": "<>"},
        {"from": "Mail Delivery System <MAILER-DAEMON@mx.example>"},
        {"from": "MAILER-DAEMON@mx.example"},
        {"precedence": "auto_reply"},
        {"x_autoreply": "yes"},
        {"subject": "Automatic reply: Parcel"},
        {"subject": "Out of office until Monday"},
        {"subject": "Undelivered Mail Returned to Sender"},
    ],
)
def test_bounces_and_automatic_replies_are_told_apart(fields: dict[str, str]) -> None:
    assert read(make_mail(**fields)).is_automatic


@pytest.mark.parametrize(
    "fields", [{"auto_submitted": "no"}, {"precedence": "bulk"}, {"subject": "Re: your automatic reply system is down"}]
)
def test_people_and_newsletters_are_not_taken_for_machines(fields: dict[str, str]) -> None:
    assert not read(make_mail(**fields)).is_automatic


@pytest.mark.parametrize("charset", ["DEFAULT", "no-such", "zlib", "undefined", '"'])
def test_an_unknown_charset_is_read_as_well_as_possible_and_said(charset: str) -> None:
    mail = read(make_mail("Grüße", content_type=f"text/plain; charset={charset}", content_transfer_encoding="8bit"))
    assert mail.text == "Grüße"
    assert len(mail.unread) <= 1


def test_a_text_that_is_not_in_its_charset_is_read_otherwise_and_said() -> None:
    mail = read(make_mail("Gr", content_type="text/plain; charset=utf-8").rstrip() + b"\xfc\xdfe\n")
    assert mail.text == "Grüße"
    assert mail.unread == ("the text is not in “utf-8”, as it says",)


@pytest.mark.parametrize("levels", [30, 3000])
def test_parts_within_parts_within_parts_stop_nothing(levels: int) -> None:
    body = ""
    for level in range(levels):
        body += f'--b{level}\nContent-Type: multipart/mixed; boundary="b{level + 1}"\n\n'
    body += f"--b{levels}\nContent-Type: text/plain\n\nDeep down\n"
    mail = read(make_mail(body, content_type='multipart/mixed; boundary="b0"'))
    assert mail.subject == "Parcel"
    assert mail.text == "Deep down" if levels < 100 else mail.unread


def test_of_a_large_attachment_only_the_head_is_read() -> None:
    attachment = b"--x\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n" + b"QUJD" * 12_500_000
    mail = make_mail("--x\nContent-Type: text/plain\n\nSee attachment", content_type='multipart/mixed; boundary="x"')
    assert read(mail + attachment + b"\n--x--\n").text == "See attachment"


def test_nul_bytes_and_half_letters_become_signs() -> None:
    mail = read(make_mail().replace(b"Where", b"\x00Where").replace(b"Parcel", b"\x00\xe2\x82"))
    assert "\0" not in mail.text + mail.subject
    assert mail.text.endswith("Where is my parcel?")
    (mail.text + mail.subject).encode()


def test_broken_parts_leave_the_rest() -> None:
    assert read(make_mail("%%%", content_transfer_encoding="base64")).subject == "Parcel"
    assert read(make_mail("x", content_type="multipart/mixed")).subject == "Parcel"
    assert read(make_mail("x", content_type="text/plain; charset*=x'y'%zz; charset*0*=%%")).subject == "Parcel"


@pytest.mark.parametrize(
    "raw", [b"", b"\n\nNo header", b"Just words\nmore words\n", b"\x89PNG\r\n\x1a\n\0\0\0", b"Note: milk\n\nx"]
)
def test_what_has_no_header_fields_is_no_mail(raw: bytes) -> None:
    with pytest.raises(NoMail, match="This is no mail"):
        read(raw)


def test_a_mail_is_the_same_whoever_kept_it() -> None:
    bare = make_mail(message_id="")
    kept = {
        read(bare).content,
        read(bare.replace(b"\n", b"\r\n")).content,
        read(b"From dana@customer.example Mon Sep 14 08:30:00 2026\n" + bare + b"\n").content,
    }
    assert len(kept) == 1
    assert read(make_mail("Other words", message_id="")).content not in kept


def test_what_a_mail_answers_is_known_by_both_fields() -> None:
    mail = read(make_mail(references="<a@x> <b@x>\n <c@x>", in_reply_to="<c@x> (of Monday)"))
    assert mail.named == ("a@x", "b@x", "c@x")
    many = read(make_mail(references=" ".join(f"<{number}@x>" for number in range(500))))
    assert (len(many.named), many.named[0], many.named[-1]) == (50, "0@x", "499@x")

"""One mail, read from its bytes with the standard library; whatever is broken in it, something is made of the rest."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from email.utils import parseaddr, parsedate_to_datetime
from zoneinfo import ZoneInfo

from app.contacts.identity import digest
from app.contacts.mail import wording
from app.contacts.reading import clean
from app.values.lines import one_line

# What is read of a mail: text comes first in it, and attachments behind are not looked at.
HEAD_BYTES = 2_000_000
HASHED_BYTES = 1_000_000
MOST_PARTS = 200
MOST_NAMED = 50
LONGEST_ID = 200
LONGEST_SUBJECT = 200
LONGEST_ADDRESS = 320
LONGEST_HEADER = 20_000
FIELDS_OF_MAIL = ("From", "Date", "Subject", "Message-ID", "To", "Received")
_ID = re.compile(r"<([^<>]+)>")
_ENVELOPE = re.compile(rb"\A(?:>?From [^\n]*\n)+")
_ROBOT = re.compile(r"(mailer-daemon|postmaster|mail delivery (sub)?system)\b", re.IGNORECASE)
_AUTOMATIC_SUBJECT = re.compile(
    r"(auto(matic)?[- ]?(reply|response)|out of (the )?office|abwesenheits(notiz|nachricht)|automatische antwort|"
    r"réponse automatique|respuesta automática|undeliver(ed|able)|delivery (status notification|failure)|"
    r"mail delivery failed|returned mail)\b",
    re.IGNORECASE,
)


class NoMail(ValueError):  # noqa: N818  (its message is a sentence for people)
    """The bytes hold no header fields of a mail."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it was read: the times that it names itself, and in `unread` what of it could not be read.

    `message_id` and `named` (mails that this one answers) are without angle brackets; `content` is a hash of all.
    """

    message_id: str | None
    named: tuple[str, ...]
    sent_at: datetime | None
    received_at: datetime | None
    date_text: str
    sender: str
    subject: str
    text: str
    is_automatic: bool
    unread: tuple[str, ...]
    content: bytes


def read_mail(raw: bytes, zone: ZoneInfo) -> Mail:
    """The mail in some bytes (of a long one the first HEAD_BYTES); raises NoMail.

    A date that names no distance from UTC is on the clock of `zone`.
    """
    raw = _ENVELOPE.sub(b"", raw[: HEAD_BYTES * 2].lstrip(b"\r\n")).replace(b"\r\n", b"\n")
    message, unread = _parsed(raw)
    if not any(_header(message, name) for name in FIELDS_OF_MAIL):
        raise NoMail("This is no mail: it holds none of the header fields From, Date, Subject, Message-ID and To.")
    text = ""
    if not unread:
        text, unread = _text(message)
    dates = [_header(message, "Date"), *(one.rpartition(";")[2] for one in _headers(message, "Received")[:1])]
    return Mail(
        message_id=_message_id(message),
        named=_named(message),
        sent_at=_moment(dates[0], zone),
        received_at=_moment(dates[1], zone) if len(dates) > 1 else None,
        date_text=dates[0],
        sender=_address(message),
        subject=one_line(_header(message, "Subject"))[:LONGEST_SUBJECT],
        text=wording.first_lines(text),
        is_automatic=_is_automatic(message),
        unread=tuple(unread),
        content=digest(raw.rstrip()[:HASHED_BYTES].hex()),
    )


def _parsed(raw: bytes) -> tuple[Message, list[str]]:
    """The mail with its parts; with its header fields alone where the parts cannot be told apart."""
    try:
        return BytesParser(policy=policy.compat32).parsebytes(raw), []
    except Exception:  # noqa: BLE001  (strangers wrote it: nothing in a mail may stop the others)
        return BytesHeaderParser(policy=policy.compat32).parsebytes(raw), ["its parts cannot be told apart"]


def _headers(message: Message, name: str) -> list[str]:
    """The values of a header field with encoded words decoded, as far as that goes."""
    wanted = name.lower()
    return [_decoded(str(value)) for key, value in message.raw_items() if key.lower() == wanted]


def _header(message: Message, name: str) -> str:
    return next(iter(_headers(message, name)), "")


def _decoded(value: str) -> str:
    plain = _letters(value[:LONGEST_HEADER].encode("utf-8", "surrogateescape"), None)[0]
    try:
        parts = decode_header(plain) if "=?" in plain else [(plain, None)]
    except (HeaderParseError, ValueError):
        return clean(plain).strip()
    return clean("".join(part if isinstance(part, str) else _letters(part, name)[0] for part, name in parts)).strip()


def _letters(raw: bytes, charset: str | None) -> tuple[str, str]:
    """Bytes as letters, and what is wrong with their charset."""
    wrong = ""
    if charset and charset.lower() not in {"ascii", "us-ascii", "unknown-8bit", "8bit"}:
        try:
            return raw.decode(charset), ""
        except LookupError:
            wrong = f"“{clean(charset)[:40]}” is no charset that we know"
        except ValueError:
            wrong = f"the text is not in “{clean(charset)[:40]}”, as it says"
    try:
        return raw.decode(), wrong
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace"), wrong


def _text(message: Message) -> tuple[str, list[str]]:
    """The text of the mail, plain before HTML, and what could not be read."""
    unread: list[str] = []
    plain = html = ""
    for part in _text_parts(message, unread):
        try:
            payload = part.get_payload(decode=True)
            found, wrong = _letters(payload if isinstance(payload, bytes) else b"", part.get_content_charset())
        except Exception as error:  # noqa: BLE001  (see above)
            unread.append(f"a part cannot be read ({type(error).__name__})")
            continue
        if wrong:
            unread.append(wrong)
        if part.get_content_type() == "text/html":
            html = html or wording.of_html(clean(found))
        elif found.strip():
            plain = clean(found)
            break
    return plain or html, list(dict.fromkeys(unread))


def _text_parts(message: Message, unread: list[str]) -> Iterator[Message]:
    """The parts that may be what was written, in order; those of a mail that is attached come last by themselves."""
    try:
        for number, part in enumerate(message.walk()):
            if number >= MOST_PARTS:
                unread.append(f"parts behind the first {MOST_PARTS} were not looked at")
                return
            is_text = part.get_content_type() in {"text/plain", "text/html"}
            if is_text and part.get_content_disposition() != "attachment":
                yield part
    except Exception as error:  # noqa: BLE001  (see above)
        unread.append(f"its parts cannot be told apart ({type(error).__name__})")


def _message_id(message: Message) -> str | None:
    text = _header(message, "Message-ID")
    found = _ID.search(text)
    told = "".join((found[1] if found else text).split())
    return told if told and len(told) <= LONGEST_ID else None


def _named(message: Message) -> tuple[str, ...]:
    """The mails that this one answers: the root of the thread and the nearest."""
    ids = [_ID.findall(one) for name in ("References", "In-Reply-To") for one in _headers(message, name)]
    told = dict.fromkeys("".join(one.split()) for some in ids for one in some)
    kept = [one for one in told if one and len(one) <= LONGEST_ID]
    return tuple(kept if len(kept) <= MOST_NAMED else [kept[0], *kept[1 - MOST_NAMED :]])


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text.strip())
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC if "-0000" in text else zone)
        return moment.astimezone(UTC).replace(microsecond=0)
    except Exception:  # noqa: BLE001  (dates of mails raise nearly anything)
        return None


def _address(message: Message) -> str:
    for name in ("From", "Sender", "Reply-To"):
        address = parseaddr(_header(message, name))[1].strip()
        if address and len(address) <= LONGEST_ADDRESS:
            return address
    return ""


def _is_automatic(message: Message) -> bool:
    """Whether a machine wrote it: a bounce, a receipt, an answer in somebody's absence."""
    submitted = _header(message, "Auto-Submitted").partition(";")[0].strip().lower()
    if submitted not in {"", "no"}:
        return True
    if message.get_content_type() == "multipart/report" or _header(message, "Return-Path").replace(" ", "") == "<>":
        return True
    if any(_header(message, name) for name in ("X-Autoreply", "X-Autorespond", "X-Failed-Recipients")):
        return True
    if _header(message, "Precedence").lower() == "auto_reply" or _ROBOT.match(_header(message, "From").lstrip('"<')):
        return True
    return bool(_AUTOMATIC_SUBJECT.match(_header(message, "Subject")))

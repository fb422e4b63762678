"""Mails become arrivals: whose they are, when they came, what they say, and to which thread they belong."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from app.config import Settings
from app.contacts import totalled
from app.contacts.arrivals import Arrival
from app.contacts.customers import keys_of
from app.contacts.identity import Identities, digest
from app.contacts.mail.message import Mail, NoMail, read_mail
from app.contacts.reading import clean
from app.contacts.redaction import Masks, without_card_numbers
from app.contacts.rules import Rejection
from app.contacts.times import NotATime, TimeReader

HEADER = ("message", "message_id", "date", "subject")
TIME, UNREAD = "time", "not read"


@dataclass(frozen=True, slots=True)
class RawMail:
    """A mail as it lies somewhere: its first bytes, where that is, and when it was put there.

    `trouble` says why there are no bytes.
    """

    number: int
    where: str
    raw: bytes
    kept_at: datetime | None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class MailArrival:
    """A mail that is a contact, or one more of a contact's thread: `links` are what its thread is known by."""

    arrival: Arrival
    links: tuple[bytes, ...]


@dataclass(slots=True)
class MailPortion:
    """Some mails: what becomes of each."""

    arrivals: list[MailArrival] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    ignored: int = 0


class MailReader:
    """Reads the mails of one source; `unread` and `untimed` count what was made the best of."""

    def __init__(
        self,
        settings: Settings,
        source: str,
        times: TimeReader,
        *,
        totalled_days: frozenset[str],
        masks: Masks,
        at: datetime,
    ) -> None:
        self._identities = Identities(source)
        self._times = times
        self._totalled_days = totalled_days
        self._masks = masks
        self._at = at
        self._customer_key: Callable[[str], bytes | None] = keys_of(settings).key
        self.unread = self.untimed = 0

    def portion(self, mails: list[RawMail]) -> MailPortion:
        """What becomes of some mails; none of them can stop the others."""
        portion = MailPortion()
        for one in mails:
            self._add(portion, one)
        return portion

    def _add(self, portion: MailPortion, one: RawMail) -> None:
        if one.trouble:
            portion.rejections.append(self._rejection(one, None, one.trouble))
            return
        mail = None
        try:
            mail = read_mail(one.raw, self._times.source_zone)
            if mail.is_automatic:
                portion.ignored += 1
                return
            arrival = self._arrival(mail, one.kept_at)
        except NoMail as error:
            portion.rejections.append(self._rejection(one, None, str(error)))
        except Exception as error:  # noqa: BLE001  (strangers wrote it: one mail must not stop the others)
            sentence = f"This mail cannot be read ({type(error).__name__}). Look at it where it lies."
            portion.rejections.append(self._rejection(one, mail, sentence))
        else:
            if arrival.arrival.day in self._totalled_days:
                sentence = totalled.sentence(date.fromisoformat(arrival.arrival.day), self._totalled_days)
                portion.rejections.append(self._rejection(one, mail, sentence))
            else:
                portion.arrivals.append(arrival)

    def _arrival(self, mail: Mail, kept_at: datetime | None) -> MailArrival:
        occurred_at, day, from_where = self._time(mail, kept_at)
        customer_key = self._customer_key(mail.sender) if mail.sender else None
        note = without_card_numbers(f"{mail.subject}\n{mail.text}".strip()) or None
        told = {TIME: from_where, UNREAD: "; ".join(mail.unread)}
        attributes = {name: value for name, value in told.items() if value}
        self.unread += bool(mail.unread)
        self.untimed += bool(from_where)
        if mail.message_id is None:
            identity = self._identities.of_content(mail.content, 1)
        else:
            identity = self._identities.of_external(mail.message_id)
        arrival = Arrival(
            id=identity,
            external_id=mail.message_id,
            occurred_at=occurred_at,
            day=day,
            channel="email",
            direction="inbound",
            is_abandoned=False,
            raw_reason=None,
            further=(),
            queue=None,
            customer_key=customer_key,
            handle_seconds=None,
            is_duration_odd=False,
            note=note,
            attributes=json.dumps(attributes, ensure_ascii=False) if attributes else None,
            content=digest(f"{occurred_at}\x1f{customer_key.hex() if customer_key else ''}\x1f{note}"),
        )
        return MailArrival(arrival, self._links(mail, customer_key))

    def _links(self, mail: Mail, customer_key: bytes | None) -> tuple[bytes, ...]:
        """What the thread is known by: every mail in it, for this customer; many may answer one newsletter."""
        if customer_key is None:
            return ()
        ids = [*mail.named, *([mail.message_id] if mail.message_id else [])]
        return tuple(self._identities.of_external(f"{one}\n{customer_key.hex()}") for one in dict.fromkeys(ids))

    def _time(self, mail: Mail, kept_at: datetime | None) -> tuple[str, str, str]:
        """The instant and day, and where they are from where that is not the Date."""
        wrong = "is no time of a mail" if mail.date_text else "is missing"
        for moment, said in (
            (mail.sent_at, ""),
            (mail.received_at, f"from Received: the Date {wrong}"),
            (kept_at, f"from where it was kept: the Date {wrong}"),
        ):
            if moment is not None:
                try:
                    return (*self._times.of_moment(moment), said)
                except NotATime:
                    continue
        return (*self._times.of_moment(self._at), f"from when it was taken in: the Date {wrong}")

    def _rejection(self, one: RawMail, mail: Mail | None, sentence: str) -> Rejection:
        """Kept aside with where the mail lies; who wrote it is not kept."""
        known = (mail.message_id or "", mail.date_text, mail.subject) if mail is not None else ("", "", "")
        row = (clean(one.where), *(self._masks.text(without_card_numbers(text)) for text in known))
        return Rejection(one.number, "", "", sentence, row)

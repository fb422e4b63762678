"""One customer is made nobody on request: contacts and their reasons stay and count, what tells of the customer goes.

The customer is put on the list first, so nothing that comes in meanwhile brings them back; then contacts lose them in
short transactions. A killed run is simply run again, by whoever asked or by the worker.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.config import Settings
from app.contacts.customers import CustomerKeys, keys_of
from app.contacts.privacy.actions import held
from app.contacts.privacy.admission import ERASED, hashed
from app.contacts.privacy.dropping import WAITING, rejects_file
from app.contacts.privacy.tables import ErasedCustomer
from app.contacts.redaction import contact_points
from app.contacts.tables import Contact, ContactChange, ImportBatch, ImportReject
from app.db import Database
from app.people import trail
from app.people.rules import Actor
from app.values.errors import Refused

AT_ONCE = 500
PRIVATE = frozenset({"customer_key", "note", "attributes", "content"})
DROPPED_ROW = "This row told of a customer who was erased since, so it was dropped."


@dataclass(frozen=True, slots=True)
class Extent:
    """What erasing a customer changes: their contacts, and rejected rows that tell of them.

    Files of the `waiting` imports are not looked through: what they bring comes in without the customer.
    """

    contacts: int
    rejected_rows: int
    waiting: tuple[int, ...] = ()


def extent(session: Session, settings: Settings, customer: str) -> Extent:
    """What erasing would change now; raises Refused where the text names nobody."""
    key = _key(settings, customer)
    contacts = session.scalar(select(func.count()).select_from(Contact).where(Contact.customer_key == key)) or 0
    return Extent(contacts, sum(1 for _ in _rejected(session, _Telling(settings, key))), _waiting(session))


def erase(database: Database, settings: Settings, customer: str, *, by: Actor, at: datetime) -> Extent:
    """Erase a customer, given as a phone number, an e-mail address or a number of theirs; asked again, nothing changes.

    Raises Refused where the text names nobody. The trail is told how much it concerned, and not whom.
    """
    key = _key(settings, customer)
    erased_id = database.write(lambda session: _put_on_list(session, key, by=by, at=at))
    return _erase(database, settings, erased_id, key, by=by, at=at)


def go_on(database: Database, settings: Settings, *, at: datetime) -> None:
    """Finish what a killed process began."""
    with database.reading() as session:
        left = session.execute(
            select(ErasedCustomer.id, ErasedCustomer.pending, ErasedCustomer.erased_by).where(
                ErasedCustomer.pending.is_not(None)
            )
        ).all()
    for erased_id, key, by_name in left:
        if key is not None:
            _erase(database, settings, erased_id, key, by=Actor(None, by_name), at=at)


def _erase(database: Database, settings: Settings, erased_id: int, key: bytes, *, by: Actor, at: datetime) -> Extent:
    telling = _Telling(settings, key)
    contacts = rows = 0
    while some := database.write(partial(_erase_some, erased_id=erased_id, key=key)):
        contacts += some
    database.write(partial(_forget_before, key=key))
    with database.reading() as session:
        rejected, waiting = list(_rejected(session, telling)), _waiting(session)
        shown = [batch_id for batch_id, preview in _previews(session) if telling.tells(_texts(preview))]
    for start in range(0, len(rejected), AT_ONCE):
        some_rows = rejected[start : start + AT_ONCE]
        rows += database.write(partial(_blank, erased_id=erased_id, rows=some_rows))
    for batch_id in {batch_id for batch_id, _ in rejected}:
        rejects_file(settings, batch_id).unlink(missing_ok=True)
    if shown:
        over = update(ImportBatch).where(ImportBatch.id.in_(shown)).values(preview=None)
        database.write(lambda session: session.execute(over))
    database.write(lambda session: _finish(session, erased_id, changed=bool(contacts or rows), by=by, at=at))
    return Extent(contacts, rows, waiting)


class _Telling:
    """Whether texts tell of one customer."""

    def __init__(self, settings: Settings, key: bytes) -> None:
        self._keys: CustomerKeys = keys_of(settings)
        self._region, self._key = settings.phone_region, key

    def tells(self, texts: Iterable[str]) -> bool:
        """Whether one of the texts is the customer, or has their phone number or address in it."""
        return any(self._is_theirs(text) for text in texts if text)

    def _is_theirs(self, text: str) -> bool:
        key = self._keys.key
        return key(text) == self._key or any(key(found) == self._key for found in contact_points(text, self._region))


def _key(settings: Settings, customer: str) -> bytes:
    key = keys_of(settings).key(customer.strip())
    if key is None:
        raise Refused("This names no customer. Write their phone number or e-mail address, as the files have it.")
    return key


def _put_on_list(session: Session, key: bytes, *, by: Actor, at: datetime) -> int:
    held(session).has_erased = True
    row = session.scalar(select(ErasedCustomer).where(ErasedCustomer.digest == hashed(key)).with_for_update())
    if row is None:
        row = ErasedCustomer(
            digest=hashed(key), pending=key, contacts=0, rejected_rows=0, erased_by=by.name, erased_at=at
        )
        session.add(row)
    row.pending = key
    session.flush()
    return row.id


def _erase_some(session: Session, erased_id: int, key: bytes) -> int:
    """Take the customer from some contacts; how many these were."""
    query = select(Contact.id).where(Contact.customer_key == key).limit(AT_ONCE).with_for_update()
    ids = sorted(session.scalars(query))
    if not ids:
        return 0
    session.execute(delete(ContactChange).where(ContactChange.contact_id.in_(ids)))
    nothing = {"customer_key": None, "note": None, "attributes": None, "content": ERASED}
    session.execute(update(Contact).where(Contact.id.in_(ids)).values(nothing))
    _count(session, erased_id, contacts=len(ids))
    return len(ids)


def _forget_before(session: Session, key: bytes) -> None:
    """Contacts that were the customer's once, and are another's now, forget what they said then."""
    was_theirs = ContactChange.before["customer_key"].as_string() == key.hex()
    for change in session.scalars(select(ContactChange).where(was_theirs)):
        change.before = {name: value for name, value in change.before.items() if name not in PRIVATE}


def _rejected(session: Session, telling: _Telling) -> Iterator[tuple[int, int]]:
    """The rejected rows that tell of the customer: import and line."""
    query = select(ImportReject.batch_id, ImportReject.line, ImportReject.value, ImportReject.row)
    for batch_id, line, value, row in session.execute(query.execution_options(yield_per=AT_ONCE)):
        if telling.tells([value, *row]):
            yield batch_id, line


def _previews(session: Session) -> list[tuple[int, object]]:
    query = select(ImportBatch.id, ImportBatch.preview)
    shown = query.where(ImportBatch.preview.is_not(None), ImportBatch.state.not_in(WAITING))
    return [(batch_id, preview) for batch_id, preview in session.execute(shown)]


def _texts(value: object) -> Iterator[str]:
    """Every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)


def _waiting(session: Session) -> tuple[int, ...]:
    query = select(ImportBatch.id).where(ImportBatch.state.in_(WAITING)).order_by(ImportBatch.id)
    return tuple(session.scalars(query))


def _blank(session: Session, erased_id: int, rows: Iterable[tuple[int, int]]) -> int:
    """Empty rejected rows: they stay counted, and say why nothing is left of them."""
    blanked = 0
    for key in rows:
        row = session.get(ImportReject, key)
        if row is not None:
            row.value, row.sentence, row.row = "", DROPPED_ROW, []
            blanked += 1
    _count(session, erased_id, rejected_rows=blanked)
    return blanked


def _count(session: Session, erased_id: int, *, contacts: int = 0, rejected_rows: int = 0) -> None:
    row = session.get_one(ErasedCustomer, erased_id, with_for_update=True)
    row.contacts += contacts
    row.rejected_rows += rejected_rows


def _finish(session: Session, erased_id: int, *, changed: bool, by: Actor, at: datetime) -> None:
    row = session.get_one(ErasedCustomer, erased_id, with_for_update=True, populate_existing=True)
    is_told_first = row.told_at is None
    row.pending = None
    if changed or is_told_first:
        row.told_at = at
        after = {"contacts": row.contacts, "rejected_rows": row.rejected_rows}
        trail.record(session, "customer.erased", f"customer:{erased_id}", by=by, at=at, after=after)

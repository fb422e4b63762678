import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.contacts import listing
from app.contacts.listing import ContactRow, Filter
from app.contacts.tables import Contact, ContactChange, ContactReason
from tests.builders import AT, make_contact, make_reason, make_source


def ids(rows: list[ContactRow]) -> list[uuid.UUID]:
    return [row.id for row in rows]


def newest_first(contacts: list[Contact]) -> list[uuid.UUID]:
    ordered = sorted(contacts, key=lambda one: (one.day, one.occurred_at, one.id.bytes), reverse=True)
    return [contact.id for contact in ordered]


def test_the_newest_contacts_stand_first_and_pages_follow_one_another_without_gap_or_repeat(session: Session) -> None:
    contacts = [make_contact(session, occurred_at=AT - timedelta(hours=number // 2)) for number in range(11)]
    seen: list[ContactRow] = []
    while rows := listing.page(session, Filter(), seen[-1].place if seen else None, limit=4):
        seen += rows
    assert ids(seen) == newest_first(contacts)


def test_going_back_shows_the_page_before_in_the_same_order(session: Session) -> None:
    contacts = [make_contact(session, occurred_at=AT - timedelta(hours=number)) for number in range(9)]
    second = listing.page(session, Filter(), listing.page(session, Filter(), limit=4)[-1].place, limit=4)
    back = listing.page(session, Filter(), second[0].place, backwards=True, limit=4)
    assert ids(back) == newest_first(contacts)[:4]


def test_several_reasons_are_one_list_page_by_page(session: Session) -> None:
    top = make_reason(session, "Delivery")
    reasons = [top, make_reason(session, parent=top), make_reason(session, parent=top)]
    contacts = [
        make_contact(session, reason=reasons[number % 3], occurred_at=AT - timedelta(minutes=number % 5))
        for number in range(14)
    ]
    make_contact(session, reason=make_reason(session))
    chosen = Filter(reason_ids=frozenset(reason.id for reason in reasons))
    seen: list[ContactRow] = []
    while rows := listing.page(session, chosen, seen[-1].place if seen else None, limit=5):
        seen += rows
    assert ids(seen) == newest_first(contacts)
    back = listing.page(session, chosen, seen[10].place, backwards=True, limit=5)
    assert ids(back) == newest_first(contacts)[5:10]
    assert listing.counted(session, chosen) == 14


def test_one_reason_and_very_many_reasons_are_read_alike(session: Session) -> None:
    wanted = make_reason(session)
    contact = make_contact(session, reason=wanted)
    make_contact(session, reason=make_reason(session))
    for reason_ids in ({wanted.id}, {wanted.id, *range(10**6, 10**6 + 150)}):
        assert ids(listing.page(session, Filter(reason_ids=frozenset(reason_ids)))) == [contact.id]


def test_no_reason_at_all_finds_nothing(session: Session) -> None:
    make_contact(session)
    assert listing.page(session, Filter(reason_ids=frozenset())) == []


Fields = dict[str, Any]
FILTERS: list[tuple[str, Filter, Fields, Fields]] = [
    ("channel", Filter(channel="email"), {"channel": "email"}, {"channel": "chat"}),
    ("batch", Filter(batch_id=7), {"batch_id": 7}, {"batch_id": 8}),
    ("queue", Filter(queue="Orders"), {"queue": "Orders"}, {"queue": "Billing"}),
    ("handled", Filter(kind="handled"), {}, {"is_abandoned": True}),
    ("abandoned", Filter(kind="abandoned"), {"is_abandoned": True}, {}),
    ("outbound", Filter(kind="outbound"), {"direction": "outbound"}, {}),
    ("note", Filter(words="VALE50"), {"note": "code vale50 fails"}, {"note": "code fails"}),
    ("words in the queue", Filter(words="bill"), {"queue": "Billing"}, {"queue": "Orders"}),
    ("their number", Filter(words="48213"), {"external_id": "T-48213-x"}, {"external_id": "T-1"}),
    ("attribute", Filter(words="ward 12"), {"attributes": {"area": "Ward 12"}}, {"attributes": {}}),
    ("accents", Filter(words="Orléans"), {"attributes": {"area": "Orléans"}}, {"attributes": {}}),
    ("percent sign", Filter(words="50%"), {"note": "50% off"}, {"note": "500 off"}),
]


@pytest.mark.parametrize(("name", "chosen", "wanted", "other"), FILTERS, ids=[row[0] for row in FILTERS])
def test_each_filter_keeps_what_was_asked_for(
    session: Session, name: str, chosen: Filter, wanted: Fields, other: Fields
) -> None:
    kept = make_contact(session, **wanted)
    make_contact(session, **other)
    assert ids(listing.page(session, chosen)) == [kept.id]
    assert listing.counted(session, chosen) == 1


def test_untagged_contacts_and_those_of_one_source_can_be_asked_for(session: Session) -> None:
    untagged, tagged = make_contact(session), make_contact(session, reason=make_reason(session))
    elsewhere = make_contact(session, reason=make_reason(session), source=make_source(session))
    assert ids(listing.page(session, Filter(is_untagged=True))) == [untagged.id]
    assert ids(listing.page(session, Filter(source_id=elsewhere.source_id))) == [elsewhere.id]
    assert set(ids(listing.page(session, Filter(source_id=tagged.source_id)))) == {untagged.id, tagged.id}


def test_the_days_are_half_open(session: Session) -> None:
    for day in (13, 14, 15):
        make_contact(session, occurred_at=datetime(2026, 9, day, 12, tzinfo=UTC))
    rows = listing.page(session, Filter(start=date(2026, 9, 13), end=date(2026, 9, 15)))
    assert [row.day.day for row in rows] == [14, 13]


def test_counting_stops_where_more_would_not_be_said(session: Session) -> None:
    for _ in range(5):
        make_contact(session)
    assert listing.counted(session, Filter(), most=3) == 4
    assert listing.counted(session, Filter(), most=5) == 5


def test_only_what_daily_totals_cannot_answer_reads_rows() -> None:
    assert not Filter(start=AT.date(), channel="phone", is_untagged=True, kind="handled", source_id=1).reads_rows
    assert all(one.reads_rows for one in (Filter(words="x"), Filter(queue="Orders"), Filter(batch_id=1)))


def test_a_contact_shows_its_source_further_reasons_and_what_it_was_before(session: Session) -> None:
    source, first, second = make_source(session, "Zendesk"), make_reason(session), make_reason(session)
    contact = make_contact(session, source=source, attributes={"ward": "12"})
    session.add_all(ContactReason(contact_id=contact.id, reason_id=reason.id) for reason in (second, first))
    for number, by in enumerate(["Ana", "Ben"], start=1):
        at = AT + timedelta(minutes=number)
        before = {"reason_id": None}
        session.add(
            ContactChange(contact_id=contact.id, number=number, at=at, by_name=by, batch_id=None, before=before)
        )
    session.flush()
    row = listing.one(session, contact.id)
    assert row is not None
    assert (row.source, row.attributes) == ("Zendesk", {"ward": "12"})
    assert listing.further_reasons(session, [contact.id]) == {contact.id: [first.id, second.id]}
    assert [change.by for change in listing.history(session, contact.id)] == ["Ben", "Ana"]
    assert listing.one(session, uuid.uuid4()) is None

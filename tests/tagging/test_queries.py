from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.people.rules import Actor
from app.tagging import actions, inbox, queries
from tests.builders import AT, make_contact, make_reason, make_user


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


def test_the_queue_holds_untagged_inbound_contacts_oldest_first(session: Session) -> None:
    late, early = make_contact(session, occurred_at=AT), make_contact(session, occurred_at=AT - minutes(90))
    make_contact(session, reason=make_reason(session))
    make_contact(session, is_abandoned=True)
    make_contact(session, direction="outbound")
    assert [waiting.id for waiting in inbox.oldest(session)] == [early.id, late.id]


def test_the_queue_can_be_narrowed_to_a_channel(session: Session) -> None:
    make_contact(session, channel="phone")
    mail = make_contact(session, channel="email", note="Where is my parcel?")
    assert [waiting.note for waiting in inbox.oldest(session, "email")] == [mail.note]


def test_paging_by_place_goes_on_where_it_stopped_even_among_contacts_of_the_same_second(session: Session) -> None:
    contacts = [make_contact(session, occurred_at=AT) for _ in range(5)]
    contacts += [make_contact(session, occurred_at=AT + minutes(number)) for number in range(1, 4)]
    seen = inbox.oldest(session, limit=3)
    while page := inbox.following(session, (seen[-1].occurred_at, seen[-1].id), limit=3):
        seen += page
    assert [waiting.id for waiting in seen] == [
        contact.id for contact in sorted(contacts, key=lambda contact: (contact.occurred_at, contact.id.bytes))
    ]


def test_a_contact_that_was_tagged_waits_no_more(session: Session) -> None:
    contact, reason = make_contact(session), make_reason(session)
    found = inbox.waiting_one(session, contact.id)
    assert found is not None
    assert found.id == contact.id
    actions.tag(session, contact.id, reason.id, by=Actor(None, "a test"), at=AT)
    session.flush()
    assert inbox.waiting_one(session, contact.id) is None


def test_the_customers_contacts_of_the_seven_days_before_are_found_newest_first(session: Session) -> None:
    reason = make_reason(session)
    this = make_contact(session, customer_key=b"ana", occurred_at=AT)
    edge = make_contact(session, customer_key=b"ana", occurred_at=AT - timedelta(days=7))
    recent = make_contact(session, customer_key=b"ana", occurred_at=AT - timedelta(days=2), reason=reason)
    make_contact(session, customer_key=b"ana", occurred_at=AT - timedelta(days=7, seconds=1))
    make_contact(session, customer_key=b"ana", occurred_at=AT + timedelta(hours=1))
    make_contact(session, customer_key=b"ben", occurred_at=AT - timedelta(days=1))
    found = inbox.others_of_the_customer(session, this.id)
    assert [(other.id, other.reason_id) for other in found] == [(recent.id, reason.id), (edge.id, None)]


def test_contacts_of_unknown_customers_are_never_joined(session: Session) -> None:
    this = make_contact(session, customer_key=None)
    make_contact(session, customer_key=None)
    assert inbox.others_of_the_customer(session, this.id) == []


def test_the_last_choice_and_the_number_of_today_are_the_persons_own(session: Session) -> None:
    jonas, ana = (make_user(session, name=name) for name in ("Jonas", "Ana"))
    reason = make_reason(session)
    for number, user in enumerate([jonas, jonas, ana]):
        contact = make_contact(session)
        actions.tag(session, contact.id, reason.id, by=Actor(user.id, user.name), at=AT + minutes(number))
        session.flush()
    last = queries.last_choice(session, jonas.id, AT)
    assert last is not None
    assert last.at == AT + minutes(1)
    assert queries.last_choice(session, jonas.id, AT + minutes(2)) is None
    assert queries.chosen_since(session, jonas.id, AT) == 2
    assert queries.chosen_since(session, jonas.id, AT + minutes(1)) == 1


def test_the_most_used_reasons_are_those_of_the_28_days_before_by_number(session: Session) -> None:
    jonas, ana = (make_user(session, name=name) for name in ("Jonas", "Ana"))
    refund, parcel, old = (make_reason(session, name) for name in ("Refund", "Parcel", "Old"))
    for user, reason, times, at in [
        (jonas, refund, 2, AT - timedelta(days=1)),
        (jonas, parcel, 3, AT - timedelta(days=28)),
        (ana, refund, 2, AT - timedelta(days=3)),
        (jonas, old, 9, AT - timedelta(days=28, seconds=1)),
        (jonas, old, 9, AT),
    ]:
        for _ in range(times):
            actions.tag(session, make_contact(session).id, reason.id, by=Actor(user.id, user.name), at=at)
    session.flush()
    assert queries.most_used(session, AT, by_id=jonas.id) == [parcel.id, refund.id]
    assert queries.most_used(session, AT) == [refund.id, parcel.id]


@pytest.mark.parametrize("channel", [None, "email"])
def test_the_queue_is_read_through_its_index(session: Session, channel: str | None) -> None:
    query = inbox._queue(channel).limit(9)
    compiled = query.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
    if session.get_bind().dialect.name == "sqlite":
        plan = session.execute(text(f"explain query plan {compiled}")).all()
    else:
        session.execute(text("set local enable_seqscan = off"))
        plan = session.execute(text(f"explain {compiled}")).all()
    words = " ".join(str(row) for row in plan)
    assert "ix_contact_untagged" in words
    assert "TEMP B-TREE" not in words
    assert "Sort" not in words

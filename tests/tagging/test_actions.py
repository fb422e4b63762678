import threading
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contacts.tables import Contact, ContactChange, ContactReason, TouchedDay
from app.db import Database
from app.people.rules import Actor
from app.people.tables import AuditEntry
from app.tagging import actions
from app.tagging.tables import Tag
from app.values.errors import Missing, Refused, Stale
from tests.builders import AT, TESTER, make_contact, make_reason, make_user


def make_tagger(session: Session, name: str = "Jonas Feld") -> Actor:
    user = make_user(session, roles=("lead",), name=name)
    return Actor(user.id, user.name)


def test_a_tagged_contact_carries_the_reason_and_its_day_is_marked_for_counting(session: Session) -> None:
    contact, reason, jonas = make_contact(session), make_reason(session, "Refund"), make_tagger(session)
    outcome = actions.tag(session, contact.id, reason.id, by=jonas, at=AT)
    assert outcome == actions.Tagged(contact.id, reason.id)
    assert contact.reason_id == reason.id
    assert session.get_one(TouchedDay, contact.day).marks == 1


def test_what_the_contact_was_before_stays_in_its_history_and_in_the_trail(session: Session) -> None:
    old, new = make_reason(session, "Delivery"), make_reason(session, "Refund")
    contact, jonas = make_contact(session, reason=old), make_tagger(session)
    actions.tag(session, contact.id, new.id, by=jonas, at=AT, instead_of=old.id)
    change = session.get_one(ContactChange, (contact.id, 1))
    assert (change.before, change.by_name, change.batch_id) == ({"reason_id": old.id}, "Jonas Feld", None)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.subject == f"contact:{contact.id}")).one()
    assert (entry.action, entry.by_id) == ("contact.tagged", jonas.id)
    assert (entry.before, entry.after) == ({"reason": "Delivery"}, {"reason": "Refund"})


def test_a_retired_reason_is_refused_and_the_contact_keeps_waiting(session: Session) -> None:
    retired, contact = make_reason(session, "Fax lost", is_retired=True), make_contact(session)
    with pytest.raises(Refused, match="“Fax lost” is retired"):
        actions.tag(session, contact.id, retired.id, by=TESTER, at=AT)
    assert contact.reason_id is None
    assert session.scalars(select(ContactChange).where(ContactChange.contact_id == contact.id)).all() == []


def test_a_merged_reason_is_given_as_the_one_that_it_went_into(session: Session) -> None:
    kept = make_reason(session, "Refund")
    merged, contact = make_reason(session, "Money back", merged_into_id=kept.id), make_contact(session)
    assert actions.tag(session, contact.id, merged.id, by=TESTER, at=AT).reason_id == kept.id


def test_a_contact_that_somebody_else_tagged_meanwhile_keeps_that_reason_and_the_second_is_told(
    session: Session,
) -> None:
    first, second = make_reason(session, "Delivery"), make_reason(session, "Refund")
    contact = make_contact(session)
    actions.tag(session, contact.id, first.id, by=make_tagger(session, "Ana Sol"), at=AT)
    with pytest.raises(Stale, match="Ana Sol tagged this contact “Delivery” meanwhile"):
        actions.tag(session, contact.id, second.id, by=make_tagger(session), at=AT)
    assert contact.reason_id == first.id


def test_the_same_reason_given_twice_changes_nothing(session: Session) -> None:
    contact, reason, jonas = make_contact(session), make_reason(session), make_tagger(session)
    for _ in range(2):
        actions.tag(session, contact.id, reason.id, by=jonas, at=AT)
    assert len(session.scalars(select(ContactChange).where(ContactChange.contact_id == contact.id)).all()) == 1
    assert len(session.scalars(select(Tag).where(Tag.by_id == jonas.id)).all()) == 1


def test_a_contact_whose_import_was_undone_is_said_to_be_gone(session: Session) -> None:
    with pytest.raises(Missing, match="may have been undone"):
        actions.tag(session, uuid.uuid4(), make_reason(session).id, by=TESTER, at=AT)


def test_undo_takes_back_the_newest_tag_and_pressed_again_the_one_before(session: Session) -> None:
    contacts = [make_contact(session) for _ in range(3)]
    reason, jonas = make_reason(session), make_tagger(session)
    for contact in contacts:
        actions.tag(session, contact.id, reason.id, by=jonas, at=AT)
    assert actions.undo_last(session, by=jonas, at=AT).contact_id == contacts[2].id
    assert actions.undo_last(session, by=jonas, at=AT).contact_id == contacts[1].id
    assert [contact.reason_id for contact in contacts] == [reason.id, None, None]


def test_undo_brings_back_the_reason_before_and_leaves_the_history_as_it_was(session: Session) -> None:
    old, new, jonas = make_reason(session, "Delivery"), make_reason(session, "Refund"), make_tagger(session)
    contact = make_contact(session, reason=old)
    actions.tag(session, contact.id, new.id, by=jonas, at=AT, instead_of=old.id)
    outcome = actions.undo_last(session, by=jonas, at=AT + timedelta(minutes=10))
    assert outcome == actions.Tagged(contact.id, old.id)
    assert session.get(ContactChange, (contact.id, 1)) is None
    assert session.get_one(TouchedDay, contact.day).marks == 2
    entries = session.scalars(select(AuditEntry).where(AuditEntry.subject == f"contact:{contact.id}"))
    assert {entry.action for entry in entries} == {"contact.tagged", "contact.tag_undone"}


def test_after_ten_minutes_nothing_is_undone(session: Session) -> None:
    contact, reason, jonas = make_contact(session), make_reason(session), make_tagger(session)
    actions.tag(session, contact.id, reason.id, by=jonas, at=AT)
    with pytest.raises(Refused, match="nothing to undo"):
        actions.undo_last(session, by=jonas, at=AT + timedelta(minutes=10, seconds=1))
    assert contact.reason_id == reason.id


def test_nobody_undoes_what_somebody_else_tagged(session: Session) -> None:
    contact, reason = make_contact(session), make_reason(session)
    actions.tag(session, contact.id, reason.id, by=make_tagger(session, "Ana Sol"), at=AT)
    with pytest.raises(Refused, match="nothing to undo"):
        actions.undo_last(session, by=make_tagger(session, "Ana Sol"), at=AT)


def test_a_tag_that_somebody_corrected_since_is_not_undone(session: Session) -> None:
    first, second, jonas = make_reason(session, "Delivery"), make_reason(session, "Refund"), make_tagger(session)
    contact = make_contact(session)
    actions.tag(session, contact.id, first.id, by=jonas, at=AT)
    ana = make_tagger(session, "Ana Sol")
    actions.tag(session, contact.id, second.id, by=ana, at=AT, instead_of=first.id)
    with pytest.raises(Stale, match="Ana Sol tagged this contact “Refund” meanwhile"):
        actions.undo_last(session, by=jonas, at=AT)
    assert contact.reason_id == second.id


def test_a_further_reason_is_added_once_and_removed_again(session: Session) -> None:
    main, further = make_reason(session, "Refund"), make_reason(session, "Rude driver")
    contact = make_contact(session, reason=main)
    for _ in range(2):
        actions.add_further(session, contact.id, further.id, by=TESTER, at=AT)
    assert session.get(ContactReason, (contact.id, further.id)) is not None
    for _ in range(2):
        actions.remove_further(session, contact.id, further.id, by=TESTER, at=AT)
    assert session.get(ContactReason, (contact.id, further.id)) is None
    entries = session.scalars(select(AuditEntry).where(AuditEntry.subject == f"contact:{contact.id}"))
    actions_told = [entry.action for entry in entries.all()]
    assert sorted(actions_told) == ["contact.further_reason_added", "contact.further_reason_removed"]


def test_the_main_reason_is_no_further_reason(session: Session) -> None:
    main = make_reason(session, "Refund")
    contact = make_contact(session, reason=main)
    with pytest.raises(Refused, match="“Refund” is the contact's main reason already"):
        actions.add_further(session, contact.id, main.id, by=TESTER, at=AT)


def test_of_two_people_who_tag_the_same_contact_at_once_one_is_told_and_nothing_is_lost(database: Database) -> None:
    def prepare(session: Session) -> tuple[uuid.UUID, list[int], list[Actor]]:
        reasons = [make_reason(session, name).id for name in ("Delivery", "Refund")]
        return make_contact(session).id, reasons, [make_tagger(session, name) for name in ("Ana Sol", "Jonas Feld")]

    contact_id, reasons, people = database.write(prepare)
    told: list[str] = []
    ready = threading.Barrier(2)

    def work(number: int) -> None:
        ready.wait()
        try:
            database.write(lambda session: actions.tag(session, contact_id, reasons[number], by=people[number], at=AT))
        except Stale as error:
            told.append(error.sentence)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        contact = session.get_one(Contact, contact_id)
        changes = session.scalars(select(ContactChange).where(ContactChange.contact_id == contact_id)).all()
        assert contact.reason_id in reasons
        assert [change.before for change in changes] == [{"reason_id": None}]
    assert len(told) == 1
    winner = people[reasons.index(contact.reason_id)].name
    assert told[0].startswith(f"{winner} tagged this contact")

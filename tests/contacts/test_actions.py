"""Contacts logged by hand, and put right; on both engines."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import Settings, read_settings
from app.contacts import actions
from app.contacts.actions import Told
from app.contacts.tables import Contact, ContactChange, Source, TouchedDay
from app.people.tables import AuditEntry
from app.values.errors import Refused, Stale
from tests.builders import AT, TESTER, make_reason

TOLD = Told(occurred_at=AT - timedelta(hours=1), channel="phone", customer="+1 613 555 0142", note="Asked for an order")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An installation in Toronto."""
    return read_settings(
        {"TRACKER_INSTANCE": str(tmp_path), "SECRET_KEY": "tests", "TRACKER_TIMEZONE": "America/Toronto"}
    )


def log(session: Session, settings: Settings, told: Told, reason_id: int | None = None) -> Contact:
    key = actions.log_contact(session, settings, uuid.uuid4(), told, reason_id, by=TESTER, at=AT)
    return session.get_one(Contact, key, populate_existing=True)


def test_a_logged_contact_is_kept_with_its_reason_and_its_day_is_marked(session: Session, settings: Settings) -> None:
    reason = make_reason(session)
    told = replace(TOLD, occurred_at=datetime(2026, 9, 14, 3, 0, tzinfo=UTC), note="Card 4111 1111 1111 1111")
    contact = log(session, settings, told, reason.id)
    assert (contact.reason_id, contact.raw_reason_id, contact.batch_id) == (reason.id, None, None)
    assert str(contact.day) == "2026-09-13", "at three in UTC it is still the evening before in Toronto"
    assert contact.note == "Card [card ending 1111]"
    assert contact.customer_key is not None
    assert session.get_one(Source, contact.source_id).name == "by hand"
    assert session.get(TouchedDay, contact.day) is not None
    assert session.scalars(select(AuditEntry.action)).all() == ["contact.logged"]


def test_a_form_that_is_sent_twice_makes_one_contact(session: Session, settings: Settings) -> None:
    key = uuid.uuid4()
    for told in (TOLD, TOLD, replace(TOLD, note="typed once more")):
        assert actions.log_contact(session, settings, key, told, None, by=TESTER, at=AT) == key
    assert session.scalars(select(Contact.note)).all() == ["Asked for an order"]
    assert len(session.scalars(select(AuditEntry)).all()) == 1


def test_two_forms_with_the_same_facts_are_two_contacts(session: Session, settings: Settings) -> None:
    log(session, settings, TOLD)
    log(session, settings, TOLD)
    assert len(session.scalars(select(Contact)).all()) == 2


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (replace(TOLD, occurred_at=AT + timedelta(days=2)), "in the future"),
        (replace(TOLD, channel="pigeon"), "is no channel"),
        (replace(TOLD, direction="sideways"), "neither inbound nor outbound"),
        (replace(TOLD, queue="x" * 201), "longer than 200"),
        (replace(TOLD, note="a\0b"), "cannot be kept"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(session: Session, settings: Settings, told: Told, words: str) -> None:
    with pytest.raises(Refused, match=words):
        log(session, settings, told)


def test_a_retired_reason_is_not_given(session: Session, settings: Settings) -> None:
    reason = make_reason(session, "Fax", is_retired=True)
    with pytest.raises(Refused, match="“Fax” is retired"):
        log(session, settings, TOLD, reason.id)


def test_a_correction_keeps_what_was_there_and_marks_both_days(session: Session, settings: Settings) -> None:
    contact = log(session, settings, TOLD)
    key, first_day = contact.customer_key, contact.day
    better = replace(TOLD, occurred_at=TOLD.occurred_at - timedelta(days=1), handle_seconds=-3, customer="")
    actions.correct(session, settings, contact.id, better, seen_number=0, by=TESTER, at=AT)
    assert (contact.handle_seconds, contact.is_duration_odd, contact.customer_key) == (-3, True, key)
    (change,) = session.scalars(select(ContactChange))
    assert set(change.before) == {"occurred_at", "day", "handle_seconds", "is_duration_odd"}
    assert set(session.scalars(select(TouchedDay.day))) == {first_day, first_day - timedelta(days=1)}
    assert actions.newest_change(session, contact.id) == 1


def test_a_correction_of_nothing_leaves_nothing(session: Session, settings: Settings) -> None:
    contact = log(session, settings, TOLD)
    actions.correct(session, settings, contact.id, TOLD, seen_number=0, by=TESTER, at=AT)
    assert session.scalars(select(ContactChange)).all() == []


def test_who_corrects_second_is_told_so(session: Session, settings: Settings) -> None:
    contact = log(session, settings, TOLD)
    actions.correct(session, settings, contact.id, replace(TOLD, note="one"), seen_number=0, by=TESTER, at=AT)
    with pytest.raises(Stale, match="Somebody changed this contact"):
        actions.correct(session, settings, contact.id, replace(TOLD, note="two"), seen_number=0, by=TESTER, at=AT)
    assert contact.note == "one"

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contacts.tables import Contact, ContactChange, TouchedDay
from app.reasons import actions as reasons
from app.tagging import waiting
from app.values.errors import Missing
from tests.builders import AT, TESTER, make_contact, make_reason

STAMP: dict[str, Any] = {"by": TESTER, "at": AT}


def learn(session: Session, value: str) -> int:
    known = reasons.learn_raw(session, "City", [value], create=False, valid_from=AT.date(), **STAMP)
    return known[value].id


def test_values_wait_by_volume_and_tagged_contacts_do_not_count(session: Session) -> None:
    rare, common, unused = learn(session, "Rare"), learn(session, "Common"), learn(session, "Unused")
    for raw_id in (rare, common, common):
        make_contact(session, raw_reason_id=raw_id)
    make_contact(session, raw_reason_id=rare, reason=make_reason(session))
    found = [(one.raw.id, one.raw.value, one.contacts) for one in waiting.values(session)]
    assert found == [(common, "Common", 2), (rare, "Rare", 1), (unused, "Unused", 0)]


def test_giving_a_value_its_meaning_tags_what_waited_and_keeps_what_was(session: Session) -> None:
    raw_id, reason, other = learn(session, "Pothole"), make_reason(session), make_reason(session)
    at = datetime(2026, 9, 1, 9, tzinfo=UTC)
    waited = [make_contact(session, raw_reason_id=raw_id, occurred_at=at) for _ in range(3)]
    tagged = make_contact(session, raw_reason_id=raw_id, reason=other)
    session.add(
        ContactChange(contact_id=waited[0].id, number=1, at=AT, by_name="x", batch_id=None, before={"reason_id": 1})
    )
    session.flush()
    reasons.map_raw(session, raw_id, reason.id, **STAMP)
    assert waiting.tag_some(session, raw_id, limit=2, **STAMP) == 2
    assert waiting.tag_some(session, raw_id, limit=2, **STAMP) == 1
    assert waiting.tag_some(session, raw_id, limit=2, **STAMP) == 0
    session.expire_all()
    assert [session.get_one(Contact, one.id).reason_id for one in waited] == [reason.id] * 3
    assert session.get_one(Contact, tagged.id).reason_id == other.id
    changes = session.scalars(select(ContactChange).where(ContactChange.contact_id == waited[0].id))
    assert sorted((one.number, one.before["reason_id"]) for one in changes) == [(1, 1), (2, None)]
    assert session.get_one(TouchedDay, at.date()).marks == 2
    assert waiting.values(session) == []


def test_a_value_without_a_meaning_tags_nothing(session: Session) -> None:
    raw_id = learn(session, "Pothole")
    with pytest.raises(Missing, match="no meaning yet"):
        waiting.tag_some(session, raw_id, **STAMP)


def test_a_value_is_under_way_until_the_last_contact_carries_its_meaning(session: Session) -> None:
    raw_id, learned, reason = learn(session, "Pothole"), learn(session, "Late"), make_reason(session)
    for _ in range(3):
        make_contact(session, raw_reason_id=raw_id)
        make_contact(session, raw_reason_id=learned)
    assert waiting.following(session) == []
    reasons.map_raw(session, raw_id, reason.id, **STAMP)
    waiting.tag_some(session, raw_id, limit=2, **STAMP)
    assert waiting.following(session) == [waiting.Following(raw_id, "Pothole", reason.id, 1, TESTER.name)]
    waiting.tag_some(session, raw_id, **STAMP)
    assert waiting.following(session) == []

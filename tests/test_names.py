"""Whatever is named, its name is kept without signs that nobody sees: they turn lines round, or make twins."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.initiatives import actions as initiatives
from app.initiatives import queries as initiatives_known
from app.initiatives.actions import Unfit
from app.initiatives.rules import Plan
from app.people import actions as people
from app.people import departments
from app.people import queries as people_known
from app.people.rules import Profile
from app.reasons import actions as reasons
from app.reasons import queries as reasons_known
from app.values.errors import Refused
from tests.builders import AT, TESTER

TURNED, PLAIN = "\ufeffBills \u202eand\u2066 late\x07\u200b fees", "Bills and late fees"
TODAY = date(2026, 9, 14)


def test_a_person_and_a_department_have_a_plain_name(session: Session) -> None:
    person = people.add_person(session, "dana@example.test", Profile(TURNED, frozenset({"lead"})), by=TESTER, at=AT)
    departments.add_department(session, TURNED, by=TESTER, at=AT)
    assert (person.name, [one.name for one in people_known.departments(session)]) == (PLAIN, [PLAIN])
    with pytest.raises(Refused, match="already"):
        departments.add_department(session, PLAIN, by=TESTER, at=AT)


def test_a_name_of_unseen_signs_alone_is_empty(session: Session) -> None:
    with pytest.raises(Refused, match="name is empty"):
        people.add_person(session, "dana@example.test", Profile("\u202e\u200b", frozenset({"lead"})), by=TESTER, at=AT)

    with pytest.raises(Unfit) as refused:
        initiatives.start(session, Plan("\u202e\u200b"), by=TESTER, at=AT, today=TODAY)
    assert list(refused.value.faults) == ["name"]


def test_a_reason_has_a_plain_name_whether_it_is_typed_or_comes_with_a_file(session: Session) -> None:
    typed = reasons.add(session, TURNED, None, by=TESTER, at=AT, valid_from=AT.date())
    brought = reasons.learn_raw(
        session, "Zendesk", [f"{PLAIN} > Lo\u202est"], create=True, by=TESTER, at=AT, valid_from=AT.date()
    )
    tree = reasons_known.tree(session)
    assert tree.text(typed) == PLAIN
    assert [tree.path(one.reason_id) for one in brought.values() if one.reason_id] == [(PLAIN, "Lost")]


def test_an_initiative_has_a_plain_name(session: Session) -> None:
    started = initiatives.start(session, Plan(TURNED), by=TESTER, at=AT, today=TODAY)
    assert initiatives_known.initiative(session, started).plan.name == PLAIN

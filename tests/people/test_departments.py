from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.people import departments, queries
from app.people.queries import DepartmentRow
from app.people.tables import AuditEntry
from app.values.errors import Missing, Refused
from tests.builders import AT, TESTER, make_department, make_user
from tests.crowd import at_once


def test_a_department_is_added_with_its_name_tidied(session: Session) -> None:
    identity = departments.add_department(session, "  Customer \t service ", by=TESTER, at=AT)
    assert [(one.id, one.name) for one in queries.departments(session)] == [(identity, "Customer service")]


@pytest.mark.parametrize(
    ("name", "part_of_the_sentence"),
    [
        (" ", "name is empty"),
        ("x" * 121, "longer than 120"),
        ("billing", "“Billing” already"),
        ("Old", "retired; use it again"),
    ],
)
def test_a_name_that_cannot_be_is_refused(session: Session, name: str, part_of_the_sentence: str) -> None:
    make_department(session, "Billing")
    departments.retire_department(session, make_department(session, "Old").id, by=TESTER, at=AT)
    with pytest.raises(Refused, match=part_of_the_sentence):
        departments.add_department(session, name, by=TESTER, at=AT)


def test_a_department_is_renamed_and_may_change_the_case_of_its_own_name(session: Session) -> None:
    identity = make_department(session, "billing").id
    departments.rename_department(session, identity, "Billing", by=TESTER, at=AT)
    departments.rename_department(session, identity, "Billing", by=TESTER, at=AT)
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.before, entry.after) == (
        "department.renamed",
        {"name": "billing"},
        {"name": "Billing"},
    )


def test_a_name_of_another_department_cannot_be_taken(session: Session) -> None:
    make_department(session, "Billing")
    with pytest.raises(Refused, match="“Billing” already"):
        departments.rename_department(session, make_department(session).id, "BILLING", by=TESTER, at=AT)


def test_a_retired_department_cannot_be_chosen_and_keeps_its_people(session: Session) -> None:
    billing, shipping = make_department(session, "Billing"), make_department(session, "Shipping")
    make_user(session, department_id=billing.id)
    make_user(session, department_id=billing.id, disabled_at=AT)
    for _ in range(2):
        departments.retire_department(session, billing.id, by=TESTER, at=AT)
    assert [one.name for one in queries.departments(session)] == ["Shipping"]
    assert queries.all_departments(session) == [
        DepartmentRow(shipping.id, "Shipping", people=0, is_retired=False),
        DepartmentRow(billing.id, "Billing", people=1, is_retired=True),
    ]
    for _ in range(2):
        departments.use_department_again(session, billing.id, by=TESTER, at=AT)
    assert [one.name for one in queries.departments(session)] == ["Billing", "Shipping"]
    assert list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.number))) == [
        "department.retired",
        "department.used_again",
    ]


def test_a_department_that_is_not_there_is_missed(session: Session) -> None:
    with pytest.raises(Missing, match="not here"):
        departments.retire_department(session, 987654, by=TESTER, at=AT)


def test_the_same_department_added_twice_at_once_is_there_once(database: Database) -> None:
    def add(name: str) -> Callable[[], int]:
        return lambda: database.write(lambda session: departments.add_department(session, name, by=TESTER, at=AT))

    answers = at_once(add("Billing"), add("billing"))
    assert sum("already" in str(answer) for answer in answers) == 1

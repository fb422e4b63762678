"""What programs read: the same figures as the pages, page by page, and not sent again where they are known."""

from datetime import date
from typing import Any

import pytest

from app.costing.actions import set_rate
from app.costing.rules import Rate
from app.db import Database
from app.values.money import Money
from tests.builders import AT, TESTER
from tests.web.programs.conftest import Program, a_contact

MONTH = "from=2026-09-01&to=2026-10-01"


def read(program: Program, address: str) -> Any:
    answer = program.get(address)
    assert answer.status_code == 200, answer.text
    return answer.json


def test_contacts_are_read_page_by_page_without_loss_or_repetition(program: Program) -> None:
    sent = [a_contact(number, occurred_at=f"2026-09-{1 + number % 9:02d}T10:00:00Z") for number in range(23)]
    program.send(sent)
    found, address = [], "/contacts?limit=5"
    while address:
        page = read(program, address)
        found += [one["external_id"] for one in page["contacts"]]
        address = f"/contacts?limit=5&cursor={page['next']}" if page["next"] else ""
    assert len(found) == 23
    assert sorted(found) == sorted(one["external_id"] for one in sent)


def test_a_contact_is_read_as_it_is_known(program: Program) -> None:
    program.send(a_contact(reason="Delivery > Late", further_reasons=["Refund"], note="Where?", attributes={"a": "b"}))
    (one,) = read(program, "/contacts?from=2026-09-14&to=2026-09-15&source=Switch&channel=phone&reason=delivery")[
        "contacts"
    ]
    assert one.pop("id")
    assert one == {
        "source": "Switch",
        "external_id": "C-1",
        "occurred_at": "2026-09-14T09:00:00Z",
        "day": "2026-09-14",
        "channel": "phone",
        "direction": "inbound",
        "abandoned": False,
        "reason": "Delivery > Late",
        "further_reasons": ["Refund"],
        "raw_reason": "Delivery > Late",
        "queue": None,
        "handle_seconds": None,
        "note": "Where?",
        "attributes": {"a": "b"},
    }
    assert read(program, "/contacts?reason=Refund")["contacts"] == []
    assert read(program, "/contacts?to=2026-09-14")["contacts"] == []


def test_the_ranking_says_shares_and_money(program: Program, database: Database) -> None:
    rate = Rate("phone", date(2026, 1, 1), "contact", Money(600, "USD"), "a guess")
    database.write(lambda session: set_rate(session, rate, by=TESTER, at=AT))
    program.send([a_contact(number, reason="Delivery > Late" if number else "Refund") for number in range(4)])
    found = read(program, f"/ranking?{MONTH}")
    assert (found["contacts"], found["coverage"]) == (4, 1.0)
    first = found["reasons"][0]
    assert (first["path"], first["contacts"], first["share"]) == ("Delivery > Late", 3, 0.75)
    assert first["cost"] == {"amount_minor": 1800, "currency": "USD"}
    assert [one["path"] for one in read(program, f"/ranking?{MONTH}&level=1")["reasons"]] == ["Delivery", "Refund"]


def test_reasons_are_read_from_the_top_down(program: Program) -> None:
    program.send(a_contact(reason="Delivery > Late"))
    found = read(program, "/reasons")["reasons"]
    assert [(one["path"], one["level"]) for one in found] == [("Delivery", 1), ("Delivery > Late", 2)]
    assert found[1]["parent_id"] == found[0]["id"]


def test_the_scorecard_says_the_goal_and_every_level(program: Program) -> None:
    found = read(program, "/scorecard")
    assert found["goal"]["money"] == {"amount_minor": 60_000_000, "currency": "USD"}
    assert [rung["level"] for rung in found["signed"]] == ["identified", "approved", "live", "measured", "validated"]


def test_what_is_known_already_is_not_sent_again(program: Program) -> None:
    figures = (f"/ranking?{MONTH}", "/initiatives", "/ledger", "/scorecard")
    for address in ("/contacts", "/reasons", "/openapi.json", *figures):
        tag = program.get(address).headers["ETag"]
        again = program.get(address, **{"If-None-Match": tag})
        assert (again.status_code, again.get_data()) == (304, b""), address


def test_what_changed_is_sent(program: Program) -> None:
    tag = program.get("/contacts").headers["ETag"]
    program.send(a_contact())
    assert program.get("/contacts", **{"If-None-Match": tag}).status_code == 200


WRONG = (
    ("/contacts?limit=0", "limit"),
    ("/contacts?limit=1001", "limit"),
    ("/contacts?limit=ten", "limit"),
    ("/contacts?colour=red", "colour"),
    ("/contacts?from=yesterday", "from"),
    ("/contacts?from=1699999999", "from"),
    ("/contacts?from=0001-01-01", "from"),
    ("/contacts?from=2026-09-14&to=2026-09-14", "to"),
    ("/contacts?cursor=there", "cursor"),
    ("/contacts?cursor=0001-01-01_0001-01-01T00:00:00%2B23:59_00000000-0000-0000-0000-000000000000", "cursor"),
    ("/contacts?source=Nobody", "source"),
    ("/contacts?reason=Nothing", "reason"),
    ("/contacts?limit=1&limit=2", "limit"),
    ("/ranking", "from"),
    (f"/ranking?{MONTH}&level=4", "level"),
    (f"/ranking?{MONTH}&by=name", "by"),
    ("/ledger?initiative=99999999999", "initiative"),
    ("/ledger?cursor=-1", "cursor"),
    ("/reasons?x=1", "x"),
)


def test_an_address_that_asks_for_what_there_is_not_is_told_which_part(program: Program) -> None:
    for address, field in WRONG:
        answer = program.get(address)
        assert (answer.status_code, answer.mimetype) == (422, "application/problem+json"), address
        assert [one["field"] for one in answer.json["errors"]][:1] == [field], address  # type: ignore[index]


@pytest.mark.parametrize(("address", "status"), [("/nothing", 404), ("/initiatives/1/measurements", 404)])
def test_what_is_not_there_is_a_problem(program: Program, address: str, status: int) -> None:
    answer = program.get(address)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


def test_nul_in_an_address_is_a_problem(program: Program) -> None:
    assert program.get("/contacts?source=%00").status_code == 400


def test_another_method_is_a_problem(program: Program) -> None:
    answer = program.client.delete("/api/v1/contacts", headers={"Authorization": f"Bearer {program.token}"})
    assert (answer.status_code, answer.mimetype) == (405, "application/problem+json")

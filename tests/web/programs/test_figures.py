"""What programs read of a centre where every day is like the other, so that each figure can be worked out by hand.

100 contacts a day until go-live on 1 June 2026, 70 a day after it, ten untouched reasons of 50 a day, $6.00 a contact:
30 contacts or $180 a day are avoided, 105 days of them up to 14 September. Promised were 10, 20 or
30 % of 36,500 a year. What is booked is the low end: SE = 0.05 x (H / 90) ^ 1/4, and 0.05 before day 90; Student's t
with 25 degrees of freedom is 1.708141.
"""

from math import exp
from typing import Any

import pytest

from app.db import Database
from tests.even_centre import make_measured_centre
from tests.web.programs.conftest import Program


@pytest.fixture
def initiative_id(database: Database) -> int:
    return make_measured_centre(database)


def read(program: Program, address: str) -> Any:
    answer = program.get(address)
    assert answer.status_code == 200, answer.text
    return answer.json


def dollars(amount_minor: float) -> dict[str, Any]:
    return {"amount_minor": round(amount_minor), "currency": "USD"}


def low_minor(days: int) -> int:
    """The low end of the cents that so many days saved."""
    error = 0.05 * max(1.0, days / 90) ** 0.25
    return round(600 * (100 * days * exp(-1.708141 * error) - 70 * days))


JULY_MINOR, AUGUST_MINOR = low_minor(61), low_minor(92)


def test_an_initiative_says_what_was_promised_and_what_came(program: Program, initiative_id: int) -> None:
    (found,) = read(program, "/initiatives")["initiatives"]
    assert (found["id"], found["stage"], found["go_live_on"]) == (initiative_id, "live", "2026-06-01")
    assert found["reasons"] == ["Where is my label?"]
    for name, contacts in (("low", 3650), ("likely", 7300), ("high", 10_950)):
        money = dollars(contacts * 600)
        assert found["projected"][name] == {"contacts_a_year": contacts, "saving_a_year": money, "net_a_year": money}
    assert found["realised"] == {
        "is_indicative": True,
        "start": "2026-06-01",
        "end": "2026-09-14",
        "avoided": 105 * 30,
        "saving": dollars(105 * 18_000),
        "contacts_a_year": 365 * 30,
        "saving_a_year": dollars(365 * 18_000),
    }
    assert found["measured_a_year"] == dollars(AUGUST_MINOR * 365 / 92)
    assert found["validated_a_year"] is None


def test_measurements_add_up_from_month_end_to_month_end(program: Program, initiative_id: int) -> None:
    found = read(program, f"/initiatives/{initiative_id}/measurements")
    told = [(one["month"], one["state"], one["avoided"], one["net"], one["low"]) for one in found["measurements"]]
    assert told == [
        ("2026-06-01", "measuring", 900, dollars(540_000), dollars(low_minor(30))),
        ("2026-07-01", "verified", 1830, dollars(1_098_000), dollars(JULY_MINOR)),
        ("2026-08-01", "verified", 2760, dollars(1_656_000), dollars(AUGUST_MINOR)),
    ]
    booked = [one["booked"] for one in found["measurements"]]
    assert booked == [dollars(0), dollars(JULY_MINOR), dollars(AUGUST_MINOR)]


def test_the_ledger_says_each_months_part_of_what_is_booked(program: Program, initiative_id: int) -> None:
    months = "from=2026-06-01&to=2026-10-01"
    entries = read(program, f"/ledger?initiative={initiative_id}&{months}")["entries"]
    told = {(one["kind"], one["month"]): (one["contacts"], one["amount"]) for one in entries}
    assert told == {
        ("projected", "2026-06-01"): (600, dollars(360_000)),
        ("projected", "2026-07-01"): (620, dollars(372_000)),
        ("projected", "2026-08-01"): (620, dollars(372_000)),
        ("projected", "2026-09-01"): (600, dollars(360_000)),
        ("realised", "2026-06-01"): (0, dollars(0)),
        ("realised", "2026-07-01"): (round(JULY_MINOR / 600), dollars(JULY_MINOR)),
        ("realised", "2026-08-01"): (672, dollars(AUGUST_MINOR - JULY_MINOR)),
        ("forecast", "2026-09-01"): (900, dollars(540_000)),
    }
    first = read(program, f"/ledger?{months}&limit=5")
    rest = read(program, f"/ledger?{months}&limit=5&cursor={first['next']}")
    assert [*first["entries"], *rest["entries"]] == entries
    assert rest["next"] is None


def test_the_scorecard_says_every_level_against_the_goal(program: Program, initiative_id: int) -> None:
    found = read(program, "/scorecard")
    ladder = {one["level"]: (one["contacts"], one["money"], one["share_of_goal"]) for one in found["ladder"]}
    promised = (7300, dollars(4_380_000), 0.073)
    assert ladder == {
        **dict.fromkeys(("identified", "approved", "live"), promised),
        "realised": (10_950, dollars(6_570_000), 0.1095),
    }
    measured, validated = found["signed"][3:]
    assert measured["initiatives"] == [initiative_id]
    assert measured["money"] == dollars(AUGUST_MINOR * 365 / 92)
    assert (validated["initiatives"], validated["contacts"], validated["money"]) == ([], 0, None)
    months = [(one["start"], one["projected_contacts"], one["realised_contacts"]) for one in found["months"]]
    assert months[:5] == [
        ("2026-06-01", 600, 900),
        ("2026-07-01", 620, 930),
        ("2026-08-01", 620, 930),
        ("2026-09-01", 13 * 20, 13 * 30),
        ("2026-10-01", 620, None),
    ]


@pytest.mark.usefixtures("initiative_id")
def test_the_ranking_of_a_month_says_what_every_reason_brought(program: Program) -> None:
    found = read(program, "/ranking?from=2026-08-01&to=2026-09-01")
    assert (found["contacts"], found["tagged"], found["coverage"]) == (31 * 570, 31 * 570, 1.0)
    first, *others = found["reasons"]
    assert (first["path"], first["contacts"], first["handle_seconds"]) == ("Where is my label?", 2170, 651_000)
    assert (first["share"], first["cost"]) == (pytest.approx(70 / 570), dollars(1_302_000))
    assert {(one["contacts"], one["cost"]["amount_minor"]) for one in others} == {(1550, 930_000)}
    assert [one["cumulative_share"] for one in others] == pytest.approx([(70 + 50 * n) / 570 for n in range(1, 11)])

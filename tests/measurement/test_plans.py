"""Plans as plain values: what is wrong with one, which days it covers, and a hash that depends on its facts only."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.measurement import plans
from app.measurement.plans import Boundary, Phase, PlanTerms

LIVE = date(2026, 10, 1)
PLAN = PlanTerms(Boundary(frozenset({3, 1}), frozenset({7}), frozenset({"phone", "email"})), LIVE)
RATE = {
    "channel": "phone", "valid_from": "2026-01-01", "basis": "contact", "amount_minor": 600, "currency": "USD",
    "stated_by": "Finance",
}  # fmt: skip
FULL = replace(
    PLAN,
    full_on=date(2026, 11, 1),
    announced_on=date(2026, 9, 1),
    shape="phased",
    phases=(Phase(LIVE, 2500), Phase(date(2026, 11, 1), 10_000)),
    control_ids=frozenset({9, 8}),
    untouched_ids=(5, 4),
    first_year_only=True,
    agreed_share_bp=6000,
    rates=(RATE,),
)

WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"boundary": Boundary(frozenset())}, "reason_ids", "Choose at least one reason"),
    ({"boundary": Boundary(frozenset({1}), frozenset({1}))}, "sink_ids", "either removed or takes what moves"),
    ({"boundary": Boundary(frozenset({1}), channels=frozenset({"telex"}))}, "channels", "“telex” is no channel"),
    ({"full_on": date(2026, 9, 30)}, "full_on", "lies before 1 Oct 2026"),
    ({"announced_on": date(2026, 10, 2)}, "announced_on", "after it went live on 1 Oct 2026"),
    ({"shape": "phased"}, "phases", "Write each part with its day and its share"),
    ({"shape": "phased", "phases": (Phase(date(2026, 10, 2), 5000),)}, "phases", "the first on the day of go-live"),
    ({"shape": "phased", "phases": (Phase(LIVE, 5000), Phase(LIVE, 6000))}, "phases", "rising"),
    ({"shape": "phased", "phases": (Phase(LIVE, 5000), Phase(date(2026, 11, 1), 4000))}, "phases", "rising"),
    ({"shape": "phased", "phases": (Phase(LIVE, 10_001),)}, "phases", "up to 100 %"),
    ({"shape": "phased", "phases": (Phase(LIVE, 0),)}, "phases", "share"),
    ({"shape": "ramp"}, "full_on", "write the later day on which it is live everywhere"),
    ({"shape": "slow"}, "shape", "Choose how the effect comes."),
    ({"grain": "hour", "method": "1"}, "grain", "Choose day, week or month."),
    ({"grain": "week"}, "method", "Method 2 is for days"),
    ({"method": "3"}, "method", "Method 2 is for days"),
    ({"crediting_months": 0}, "crediting_months", "1 to 60 months"),
    ({"crediting_months": 61}, "crediting_months", "1 to 60 months"),
    ({"agreed_share_bp": 0}, "agreed_share_bp", "above 0 %"),
    ({"agreed_share_bp": 10_001}, "agreed_share_bp", "at most 100 %"),
]


def test_a_plan_that_says_what_it_must_has_no_fault() -> None:
    assert plans.faults(PLAN) == {}
    assert plans.faults(FULL) == {}
    assert plans.faults(replace(PLAN, grain="month", method="1", shape="ramp", full_on=date(2026, 12, 1))) == {}


@pytest.mark.parametrize(("change", "field", "words"), WRONG)
def test_each_fault_is_a_sentence_at_its_field(change: dict[str, Any], field: str, words: str) -> None:
    found = plans.faults(replace(PLAN, **change))
    assert set(found) == {field}
    assert words in found[field]


@pytest.mark.parametrize("terms", [PLAN, FULL])
def test_a_plan_comes_back_from_its_facts_as_it_was(terms: PlanTerms) -> None:
    kept = json.loads(json.dumps(plans.facts(terms)))
    assert plans.of_facts(kept) == terms


def test_the_fingerprint_knows_every_field_and_no_order() -> None:
    facts = plans.facts(FULL)
    backwards = dict(reversed(facts.items()))
    assert plans.fingerprint(facts) == plans.fingerprint(backwards)
    assert len(plans.fingerprint(facts)) == 64
    for name in facts:
        assert plans.fingerprint({**facts, name: "another"}) != plans.fingerprint(facts)


def test_a_part_covers_its_share_from_its_day_on() -> None:
    days = (date(2026, 9, 30), LIVE, date(2026, 10, 31), date(2026, 11, 1), date(2027, 1, 1))
    assert [FULL.covered(day) for day in days] == [0, 0.25, 0.25, 1, 1]


def test_a_ramp_rises_evenly_and_reaches_the_whole_on_the_full_go_live() -> None:
    ramp = replace(PLAN, shape="ramp", full_on=date(2026, 10, 4))
    days = [date(2026, 9, 30), *(date(2026, 10, day) for day in (1, 2, 3, 4, 5))]
    # 1 October is the first of four days on the way to the whole.
    assert [ramp.covered(day) for day in days] == [0, 0.25, 0.5, 0.75, 1, 1]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, date(2028, 10, 1)),
        ({"full_on": date(2026, 10, 31)}, date(2028, 10, 31)),
        ({"first_year_only": True}, date(2027, 10, 1)),
        ({"go_live_on": date(2024, 2, 29), "crediting_months": 12}, date(2025, 2, 28)),
        ({"go_live_on": date(2026, 10, 31), "crediting_months": 1}, date(2026, 11, 30)),
        ({"go_live_on": date(2026, 12, 15), "crediting_months": 1}, date(2027, 1, 15)),
        ({"go_live_on": date(2026, 11, 15), "crediting_months": 1}, date(2026, 12, 15)),
    ],
)
def test_a_saving_counts_until_the_same_day_so_many_months_later(change: dict[str, Any], expected: date) -> None:
    assert replace(PLAN, **change).expires_on == expected


def test_days_are_measured_by_the_method_that_was_chosen_and_weeks_by_the_first() -> None:
    assert PLAN.frame(date(2026, 12, 1), (), frozenset()).method == "2"
    assert replace(PLAN, grain="week", method="1").frame(date(2026, 12, 1), (), frozenset()).method == "1"

"""What may be said: every state by its rule, the order of the states, and each rule just before and at its limit."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

from app.measurement.verdict import (
    DISPUTED,
    EXPIRED,
    INCREASED,
    INSUFFICIENT,
    MEASURING,
    NOISE,
    VERDICTS,
    VERIFIED,
    Facts,
    verdict,
)

TODAY = date(2026, 9, 1)
GOOD = Facts(
    grain="day",
    span_periods=730,
    missing=0.0,
    contacts_a_day=20.0,
    unseen_months=(),
    minimum_detectable=0.15,
    valid_days=120,
    relative=0.3,
    low=500.0,
    high=1500.0,
    last_year=0.28,
    lows=(300.0, 400.0),
    today=TODAY,
    expires_on=TODAY + timedelta(days=300),
)
FLAT = replace(GOOD, relative=0.02, low=-500.0, high=600.0, last_year=0.01, lows=(-10.0, -20.0))
ROSE = replace(GOOD, relative=-0.3, low=-1500.0, high=-400.0, last_year=-0.28, lows=(-100.0, -200.0))


def state(facts: Facts, **changed: object) -> str:
    return verdict(replace(facts, **changed)).state  # type: ignore[arg-type]


def codes(facts: Facts, **changed: object) -> list[str]:
    return [code for code, _ in verdict(replace(facts, **changed)).findings]  # type: ignore[arg-type]


def test_each_state_has_a_plain_case() -> None:
    assert state(GOOD) == VERIFIED
    assert state(FLAT) == NOISE
    assert state(ROSE) == INCREASED
    assert state(GOOD, lows=(-1.0, 400.0)) == MEASURING
    assert state(GOOD, open_events=("Outage",)) == DISPUTED
    assert state(GOOD, expires_on=TODAY - timedelta(days=1)) == EXPIRED
    assert state(GOOD, span_periods=200) == INSUFFICIENT


def test_the_names_are_those_that_others_read() -> None:
    assert VERDICTS == (
        "baseline insufficient",
        "expired",
        "disputed",
        "verified",
        "increased",
        "not distinguishable from noise",
        "measuring",
    )


def test_the_first_state_that_applies_wins() -> None:
    """Conditions are taken away one by one from a case that meets them all, and the next state in the order shows."""
    everything: dict[str, dict[str, object]] = {
        INSUFFICIENT: {"missing": 0.5},
        EXPIRED: {"expires_on": TODAY - timedelta(days=1)},
        DISPUTED: {"open_events": ("Outage",)},
    }
    for before, after in pairwise([*everything, VERIFIED]):
        left = list(everything)[list(everything).index(before) :]
        fields = {name: value for one in left for name, value in everything[one].items()}
        assert state(GOOD, **fields) == before
        del fields[next(iter(everything[before]))]
        assert state(GOOD, **fields) == after


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"span_periods": 329}, "short"),
        ({"grain": "week", "span_periods": 47}, "short"),
        ({"grain": "month", "span_periods": 23}, "short"),
        ({"missing": 0.1001}, "missing"),
        ({"contacts_a_day": 1.99}, "few"),
        ({"unseen_months": (2, 3)}, "unseen"),
        ({"minimum_detectable": 0.601}, "blind"),
    ],
)
def test_a_baseline_just_below_the_least_is_insufficient(fields: dict[str, object], code: str) -> None:
    assert state(GOOD, **fields) == INSUFFICIENT
    assert codes(GOOD, **fields) == [code]


@pytest.mark.parametrize(
    "fields",
    [
        {"span_periods": 330},
        {"grain": "week", "span_periods": 48},
        {"grain": "month", "span_periods": 24},
        {"missing": 0.10},
        {"contacts_a_day": 2.0},
        {"minimum_detectable": 0.60},
    ],
)
def test_a_baseline_at_the_least_is_enough(fields: dict[str, object]) -> None:
    assert state(GOOD, **fields) == VERIFIED


def test_every_lack_of_the_baseline_is_told_and_a_month_is_named() -> None:
    found = verdict(replace(GOOD, span_periods=100, missing=0.5, contacts_a_day=0.5, unseen_months=(2, 11)))
    assert [code for code, _ in found.findings] == ["short", "missing", "few", "unseen"]
    assert "February, November" in found.findings[-1].sentence


@pytest.mark.parametrize(("days", "expected"), [(-1, EXPIRED), (0, VERIFIED), (1, VERIFIED)])
def test_it_expires_on_the_day_after_the_last_one_that_counts_was_measured(days: int, expected: str) -> None:
    assert state(GOOD, expires_on=TODAY + timedelta(days=days)) == expected


@pytest.mark.parametrize(
    ("valid_days", "last_year", "expected"),
    [
        (89, 0.05, VERIFIED),
        (90, 0.05, DISPUTED),
        (90, 0.11, VERIFIED),
        (90, 0.51, DISPUTED),
        (90, 0.49, VERIFIED),
    ],
)
def test_methods_more_than_20_points_apart_disagree_from_90_days_on(
    valid_days: int, last_year: float, expected: str
) -> None:
    assert state(GOOD, valid_days=valid_days, last_year=last_year) == expected


def test_methods_exactly_20_points_apart_agree() -> None:
    assert state(GOOD, relative=0.5, last_year=0.3) == VERIFIED
    assert state(GOOD, relative=0.5, last_year=0.2999) == DISPUTED


def test_an_open_event_disputes_from_the_first_day_on_and_is_named() -> None:
    found = verdict(replace(GOOD, valid_days=1, open_events=("Outage", "Campaign")))
    assert found.state == DISPUTED
    assert [finding.sentence.split("”")[0] for finding in found.findings] == ["“Outage", "“Campaign"]


@pytest.mark.parametrize(
    ("lows", "expected"),
    [
        ((), MEASURING),
        ((400.0,), MEASURING),
        ((0.0, 400.0), MEASURING),
        ((400.0, 0.0), MEASURING),
        ((0.1, 0.1), VERIFIED),
        ((-5.0, 1.0, 1.0), VERIFIED),
        ((1.0, 1.0, -5.0), MEASURING),
    ],
)
def test_the_low_end_lies_above_zero_at_the_last_two_month_ends(lows: tuple[float, ...], expected: str) -> None:
    assert state(GOOD, lows=lows) == expected


def test_two_good_month_ends_do_not_help_where_the_low_end_fell_to_zero_since() -> None:
    assert state(GOOD, low=0.0) == NOISE
    assert state(GOOD, low=0.0, valid_days=89) == MEASURING


@pytest.mark.parametrize(("last_year", "expected"), [(0.0, MEASURING), (-0.009, MEASURING), (0.001, VERIFIED)])
def test_the_one_sentence_method_has_to_see_a_fall_too(last_year: float, expected: str) -> None:
    assert state(GOOD, relative=0.19, last_year=last_year) == expected


def test_one_method_alone_verifies_nothing() -> None:
    assert state(GOOD, last_year=None) == MEASURING
    assert codes(GOOD, last_year=None) == ["one method"]


@pytest.mark.parametrize(
    ("rank", "expected"), [(None, VERIFIED), (0.0, VERIFIED), (0.10, VERIFIED), (0.101, MEASURING)]
)
def test_at_most_a_tenth_of_the_untouched_reasons_may_fall_as_much(rank: float | None, expected: str) -> None:
    assert state(GOOD, placebo_rank=rank) == expected


@pytest.mark.parametrize(
    ("valid_days", "high", "expected"),
    [
        (27, -1.0, MEASURING),
        (28, -1.0, INCREASED),
        (28, 0.0, MEASURING),
        (89, 0.0, MEASURING),
        (90, 0.0, NOISE),
        (90, -1.0, INCREASED),
    ],
)
def test_a_rise_is_told_from_28_days_on_and_noise_from_90(valid_days: float, high: float, expected: str) -> None:
    assert state(ROSE, valid_days=valid_days, high=high) == expected


def test_noise_says_what_could_not_have_been_seen() -> None:
    found = verdict(FLAT)
    assert found.findings[0].sentence == "An effect below 15% could not have been seen. Nothing is booked."


def test_what_is_missing_for_verification_is_said() -> None:
    assert codes(GOOD, lows=(400.0,)) == ["month-ends"]
    assert codes(GOOD, lows=(), placebo_rank=0.5, last_year=-0.01, relative=0.1) == ["month-ends", "sign", "placebo"]


def test_only_what_is_verified_is_booked() -> None:
    booked = {name: verdict(case).is_booked for name, case in (("good", GOOD), ("flat", FLAT), ("rose", ROSE))}
    assert booked == {"good": True, "flat": False, "rose": False}
    assert not verdict(replace(GOOD, expires_on=TODAY - timedelta(days=1))).is_booked

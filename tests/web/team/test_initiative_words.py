"""How an initiative stands, in words."""

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.initiatives.projection import Base, Terms
from app.initiatives.queries import Known, Step, Version
from app.initiatives.rules import Plan
from app.ledger.queries import Line
from app.measurement.queries import Measured
from app.measurement.rules import LastYear, Level, Pair, Part
from app.values.periods import Period
from app.web.team import initiative_words as words

UTC_ZONE = ZoneInfo("UTC")
TODAY = date(2026, 9, 14)
MOVED = datetime(2026, 9, 10, 9, 0, tzinfo=UTC)
SINCE = Period(date(2026, 8, 3), TODAY)
YEAR = Period(date(2025, 8, 1), date(2026, 8, 1))
# 100 a day at $6; 20 % of them are 20 a day, 840 in the 42 days since go-live.
FROZEN = Version(
    1, Terms(1000, 2000, 3000, SINCE.start, 0, 0, 0, "USD"), Base(YEAR, 36_500, 21_900_000), (), MOVED, "A", MOVED, "B"
)


def make_known(stage: str = "live", *versions: Version, moved_at: datetime = MOVED, **plan: Any) -> Known:
    fields = {"go_live_on": SINCE.start, **plan}
    return Known(1, stage, 1, Plan("Label", **fields), MOVED, moved_at, None, None, (), versions)


def make_measured(avoided: int, *, expected: int = 4_200, has_level: bool = True) -> Measured:
    """So many avoided contacts on 42 days, at $6."""
    part = Part(SINCE, 42, expected - avoided, Fraction(expected), Fraction(avoided * 600))
    level = Level(SINCE, Fraction(avoided), Fraction(avoided * 600)) if has_level else None
    pairs = tuple(Pair(day, day, 1, 1) for day in SINCE)
    return Measured(SINCE, LastYear(part, pairs, 1, 1, 1, Fraction(1), (part,), level), {}, "USD")


def nothing_to_compare() -> Measured:
    return Measured(SINCE, LastYear(None, (), 0, 0, 0, None, (), None), {}, "USD")


def judged(known: Known, measured: Measured | None = None) -> tuple[str, str] | None:
    found = words.judge(Line(known, measured), TODAY, UTC_ZONE)
    return (found.kind, found.words.replace("\u00a0", " ")) if found else None


def found(known: Known, measured: Measured | None = None, note: str = "") -> str:
    said = words.finding(Line(known, measured), [Step(known.stage, MOVED, "Marta", note)], UTC_ZONE)
    return f"{said.before}{said.stressed}{said.after}".replace("\u00a0", " ")


def test_while_it_moves_along_nothing_is_said() -> None:
    assert judged(make_known("progress")) is None
    assert judged(make_known("dropped")) is None


@pytest.mark.parametrize(
    ("due", "late"),
    [(date(2026, 9, 13), "1 day late"), (date(2026, 9, 1), "1 week late"), (date(2026, 8, 1), "6 weeks late")],
)
def test_late_is_counted_in_days_and_then_in_weeks(due: date, late: str) -> None:
    assert judged(make_known("progress", due_on=due)) == ("care", late)


def test_an_initiative_that_lies_still_is_stale() -> None:
    assert judged(make_known("sizing", moved_at=datetime(2026, 8, 1, tzinfo=UTC))) == ("none", "Stale")


JUDGEMENTS = [
    (None, ("none", "Not measured yet")),
    (nothing_to_compare(), ("none", "Nothing to compare with")),
    (make_measured(840, has_level=False), ("none", "Too early to tell")),
    (make_measured(0), ("bad", "No fewer contacts")),
    (make_measured(-5), ("bad", "No fewer contacts")),
    (make_measured(420), ("care", "Short by 50 %")),
    (make_measured(756), ("good", "On track")),
    (make_measured(1_200), ("good", "On track")),
]


@pytest.mark.parametrize(("measured", "judgement"), JUDGEMENTS)
def test_a_live_initiative_is_judged_by_what_was_promised_for_the_same_days(
    measured: Measured | None, judgement: tuple[str, str]
) -> None:
    assert judged(make_known("live", FROZEN), measured) == judgement


FINDINGS = [
    (None, "It is live since 3 Aug 2026. Not measured yet: no contacts since go-live."),
    (
        nothing_to_compare(),
        "It is live since 3 Aug 2026. Nothing to compare with: no contacts a year before go-live.",
    ),
    (make_measured(840, has_level=False), "840 contacts no longer came. It is too early to tell."),
    (make_measured(-5), "5 more contacts came than expected."),
    (make_measured(420), "420 contacts no longer came. The saving runs 50 % short of its projection."),
    (make_measured(800), "800 contacts no longer came. The saving is on track."),
    (make_measured(1_050), "1,050 contacts no longer came. That is 25 % more than was projected."),
]


@pytest.mark.parametrize(("measured", "sentence"), FINDINGS)
def test_the_finding_of_a_live_initiative(measured: Measured | None, sentence: str) -> None:
    assert found(make_known("live", FROZEN), measured) == sentence


def test_the_finding_before_it_is_live() -> None:
    draft = replace(FROZEN, frozen_at=None)
    assert found(make_known("idea")) == "Nobody has written down yet what it would save."
    assert found(make_known("sizing", draft)) == "It could take away 7,300 contacts, $43,800 a year."
    assert found(make_known("approved", FROZEN)) == "It is promised to take away 7,300 contacts, $43,800 a year."
    assert found(make_known("dropped"), note="No labels.") == "Dropped on 10 Sep 2026."


@pytest.mark.parametrize(
    ("cost_to_do", "base_cost", "sentence"),
    [
        (0, 21_900_000, "It costs nothing to do."),
        (730_000, 21_900_000, "It pays back what it costs in 2 months."),
        (1, 0, "As projected it never pays back what it costs."),
        (1, None, "No cost per contact is set for all of its channels, so the money is not known."),
    ],
)
def test_when_it_pays_back_is_said_in_a_sentence(cost_to_do: int, base_cost: int | None, sentence: str) -> None:
    version = replace(
        FROZEN, terms=replace(FROZEN.terms, cost_to_do_minor=cost_to_do), base=Base(YEAR, 36_500, base_cost)
    )
    assert words.payback(version.figures.likely).replace("\u00a0", " ") == sentence

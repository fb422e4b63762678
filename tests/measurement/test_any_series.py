"""Whatever the figures: a measurement is a refusal in a sentence, or numbers that agree with each other."""

import json
from datetime import date, timedelta
from math import isfinite

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.measurement import export
from app.measurement.outcome import measure
from app.measurement.series import DAY, GRAINS, Frame, Series, masked, summed
from app.measurement.verdict import VERDICTS
from app.values.errors import Refused
from app.values.periods import Period

FIRST = date(2022, 12, 27)
figures = st.sampled_from([0.0, 0.2, 3.0, 40.0, 5_000.0, 1e12])


def column(random: np.random.Generator, days: int, level: float, missing: float) -> list[float | None]:
    """Counts around a level, of which some days are missing; one in ten columns is the same figure every day."""
    counts = np.full(days, level) if random.random() < 0.1 else random.poisson(min(level, 1e9), days) * 1.0
    gaps = random.random(days) < missing
    return [None if gap else float(count) for count, gap in zip(counts, gaps, strict=True)]


@st.composite
def cases(draw: st.DrawFn) -> tuple[Series, Frame, str]:
    """A series with holes, a frame around it that need not fit, and the grain that it is measured by."""
    random = np.random.default_rng(draw(st.integers(0, 10_000)))
    days, level = draw(st.integers(1, 800)), draw(figures)
    missing = draw(st.sampled_from([0.0, 0.0, 0.05, 0.5, 0.99]))
    driver = [None if value is None else value + 1 for value in column(random, days, 50.0, missing / 2)]
    series = Series(
        DAY,
        tuple(day(number) for number in range(days)),
        {"phone": column(random, days, level, missing), "email": column(random, days, 4.0, missing / 10)},
        driver if draw(st.booleans()) else None,
        column(random, days, 9.0, 0.0) if draw(st.booleans()) else None,
        {f"other {number}": column(random, days, level, 0.0) for number in range(draw(st.sampled_from([0, 0, 3, 9])))},
    )
    live = int(draw(st.floats(-0.1, 1.1)) * days)
    frame = Frame(
        go_live_on=day(live),
        end=day(live + draw(st.integers(1, 400))),
        start=draw(st.none() | st.builds(day, st.integers(-50, 800))),
        announced_on=draw(st.none() | st.builds(day, st.integers(-50, 900))),
        excluded=tuple(draw(st.lists(st.builds(stretch, st.integers(0, 800), st.integers(1, 60)), max_size=2))),
        method=draw(st.sampled_from(["1", "2"])),
        confidence=draw(st.sampled_from([0.5, 0.9, 0.999])),
    )
    return series, frame, draw(st.sampled_from(GRAINS))


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def stretch(first: int, length: int) -> Period:
    return Period(day(first), day(first + length))


@settings(max_examples=150, deadline=None)
@given(cases())
def test_a_measurement_is_a_refusal_or_figures_that_agree(case: tuple[Series, Frame, str]) -> None:
    plain, frame, grain = case
    try:
        series = summed(plain, grain, frame.go_live_on)
        found = measure(series, frame)
    except Refused as refused:
        assert refused.sentence.endswith(".")  # noqa: PT017  (a refusal is one of two right answers)
        return
    facts = export.facts(found)
    json.dumps(facts, allow_nan=False)
    whole = found.range
    assert found.verdict.state in VERDICTS
    assert all(isfinite(figure) for figure in (whole.low, whole.avoided, whole.high))
    assert whole.low <= whole.avoided <= whole.high
    assert 0 <= whole.minimum_detectable <= 1
    known = masked(series, frame)
    reported = [
        total
        for start_on, total, is_usable in zip(known.starts, known.total(), known.usable(), strict=True)
        if is_usable and start_on in found.estimate.starts
    ]
    assert facts["observed"] == pytest.approx(sum(value for value in reported if value is not None), rel=1e-12)
    assert len(reported) == len(found.estimate.starts)
    last_of_baseline = found.estimate.baseline_starts[-1]
    assert last_of_baseline < frame.baseline_end <= frame.go_live_on <= found.estimate.starts[0]

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


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    days=st.integers(1, 800),
    level=figures,
    missing=st.sampled_from([0.0, 0.0, 0.05, 0.5, 0.99]),
    go_live=st.floats(-0.1, 1.1),
    report=st.integers(1, 400),
    grain=st.sampled_from(GRAINS),
    method=st.sampled_from(["1", "2"]),
    confidence=st.sampled_from([0.5, 0.9, 0.999]),
    start=st.one_of(st.none(), st.integers(-50, 800)),
    announced=st.one_of(st.none(), st.integers(-50, 900)),
    excluded=st.lists(st.tuples(st.integers(0, 800), st.integers(1, 60)), max_size=2),
    with_driver=st.booleans(),
    with_control=st.booleans(),
    others=st.sampled_from([0, 0, 3, 9]),
)
def test_a_measurement_is_a_refusal_or_figures_that_agree(
    *,
    seed: int,
    days: int,
    level: float,
    missing: float,
    go_live: float,
    report: int,
    grain: str,
    method: str,
    confidence: float,
    start: int | None,
    announced: int | None,
    excluded: list[tuple[int, int]],
    with_driver: bool,
    with_control: bool,
    others: int,
) -> None:
    random = np.random.default_rng(seed)
    live = int(go_live * days)
    driver = [None if value is None else value + 1 for value in column(random, days, 50.0, missing / 2)]
    plain = Series(
        DAY,
        tuple(FIRST + timedelta(days=number) for number in range(days)),
        {"phone": column(random, days, level, missing), "email": column(random, days, 4.0, missing / 10)},
        driver if with_driver else None,
        column(random, days, 9.0, 0.0) if with_control else None,
        {f"other {number}": column(random, days, level, 0.0) for number in range(others)},
    )

    def day(number: int | None) -> date | None:
        return None if number is None else FIRST + timedelta(days=number)

    frame = Frame(
        go_live_on=FIRST + timedelta(days=live),
        end=FIRST + timedelta(days=live + report),
        start=day(start),
        announced_on=day(announced),
        excluded=tuple(
            Period(FIRST + timedelta(days=first), FIRST + timedelta(days=first + length)) for first, length in excluded
        ),
        method=method,
        confidence=confidence,
    )
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

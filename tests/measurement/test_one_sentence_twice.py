"""The one-sentence method is written twice: exact by day, channel and price for pages, and on series beside the model.

Whoever changes one of them changes the other: on the same days, without other changes, both find the same.
"""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.measurement import last_year as on_series
from app.measurement import rules
from app.measurement.rules import Offered
from app.measurement.series import DAY, Frame, Series
from app.values.periods import Period

GO_LIVE = date(2025, 3, 3)
FIRST = GO_LIVE - timedelta(days=364)
MISSING = st.none()
DAYS = st.lists(MISSING | st.tuples(st.integers(0, 300), st.integers(0, 300)), min_size=365, max_size=800)


@given(DAYS)
@settings(deadline=None, max_examples=40)
def test_both_find_the_same_to_the_last_contact(days: Sequence[tuple[int, int] | None]) -> None:
    starts = [FIRST + timedelta(days=number) for number in range(len(days))]
    end = starts[-1] + timedelta(days=1)
    known = {start: both for start, both in zip(starts, days, strict=True) if both is not None}
    offered = Offered(
        {"phone": {start: mine for start, (mine, _) in known.items()}},
        {start: theirs for start, (_, theirs) in known.items()},
        frozenset(known),
    )
    exact = rules.last_year(offered, Period(GO_LIVE, end), {})
    columns = [[float(both[side]) if both else None for both in days] for side in (0, 1)]
    series = Series(DAY, tuple(starts), {"phone": columns[0]}, None, None, {"others": columns[1]})
    found = on_series.last_year(series, Frame(GO_LIVE, end))
    if exact.whole is None:
        assert found is None
        return
    assert found is not None
    assert (found.periods, found.observed) == (exact.days_used, exact.whole.observed)
    assert found.expected == pytest.approx(float(exact.whole.expected))
    assert found.ratio == pytest.approx(float(exact.ratio or 0))


@given(st.integers(0, 3000))
def test_both_compare_a_day_with_the_same_one(after: int) -> None:
    day = GO_LIVE + timedelta(days=after)
    assert rules.compared_with(day, GO_LIVE) == on_series.compared_with(DAY, day, GO_LIVE)

"""One measured total shared among the initiatives that touch the same boundary; it is never measured twice.

Clauses O1 - O4 of docs/methods.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import log, sqrt

from app.measurement.estimates import HALF
from app.values.errors import Refused

WEEK_DAYS = 7
LEAST_APART_DAYS = 28
MOST_ALIKE = 0.9
WHOLE_BP = 10_000


@dataclass(frozen=True, slots=True)
class Sharer:
    """One initiative: the share of the boundary that it covers on each reported day (0 to 1), and its agreed weight."""

    covers: Sequence[float]
    agreed: float


@dataclass(frozen=True, slots=True)
class Shared:
    """Avoided contacts of each initiative day by day; `why_agreed` says why they were not measured, if so."""

    avoided: Mapping[int, tuple[float, ...]]
    effects: Mapping[int, float]
    why_agreed: str = ""

    @property
    def is_measured(self) -> bool:
        """Whether the parts come from the figures and not from an agreement."""
        return not self.why_agreed


def share(observed: Sequence[float], expected: Sequence[float], sharers: Mapping[int, Sharer]) -> Shared:
    """Divide what was avoided on each day in proportion to each initiative's effect and cover on it (O3).

    Effects are a least-squares fit of the weekly ln(expected / observed) on the weekly cover. Where that cannot tell
    the initiatives apart, their agreed weights stand in for effects.
    """
    why = _inseparable(sharers)
    effects = {} if why else _effects(observed, expected, sharers)
    if not why and _has_wrong_sign(effects, sum(expected) - sum(observed)):
        why = "the figures give one of them an effect in the other direction"
    weights = {one: sharer.agreed for one, sharer in sharers.items()} if why else effects
    parts: dict[int, list[float]] = {one: [] for one in sharers}
    for day, (came, should) in enumerate(zip(observed, expected, strict=True)):
        pulls = {one: weights[one] * sharer.covers[day] for one, sharer in sharers.items()}
        whole = sum(pulls.values())
        for one, pull in pulls.items():
            parts[one].append((should - came) * pull / whole if whole else 0.0)
    return Shared({one: tuple(days) for one, days in parts.items()}, effects, why)


def check_agreed(shares_bp: Mapping[int, int]) -> None:
    """Refuse agreed shares of one boundary that come to more than all of it."""
    whole = sum(shares_bp.values())
    if whole > WHOLE_BP:
        raise Refused(
            f"The shares come to {whole / 100:.2f} %. Initiatives on the same reasons cannot save more than 100 % "
            "of what was saved: lower one of them."
        )
    if any(one < 0 for one in shares_bp.values()):
        raise Refused("A share is 0 % or more.")


def _inseparable(sharers: Mapping[int, Sharer]) -> str:
    """Why the figures cannot tell the initiatives apart (O4); nothing where they can."""
    starts = sorted(next((day for day, cover in enumerate(one.covers) if cover), 0) for one in sharers.values())
    if any(after - before < LEAST_APART_DAYS for before, after in pairwise(starts)):
        return f"they went live less than {LEAST_APART_DAYS} days apart"
    weekly = [_weekly(one.covers) for one in sharers.values()]
    if any(_correlation(one, other) > MOST_ALIKE for one, other in combinations(weekly, 2)):
        return "they cover the same reasons at nearly the same time"
    return ""


def _effects(observed: Sequence[float], expected: Sequence[float], sharers: Mapping[int, Sharer]) -> dict[int, float]:
    from app.measurement.counterfactual import least_squares

    falls = [
        log((sum(should) + HALF) / (sum(came) + HALF))
        for should, came in zip(_weeks(expected), _weeks(observed), strict=True)
    ]
    found = least_squares([_weekly(one.covers) for one in sharers.values()], falls)
    return dict(zip(sharers, found, strict=True))


def _has_wrong_sign(effects: Mapping[int, float], avoided: float) -> bool:
    return any(effect * avoided <= 0 for effect in effects.values())


def _weekly(figures: Sequence[float]) -> list[float]:
    return [sum(week) / len(week) for week in _weeks(figures)]


def _weeks(figures: Sequence[float]) -> list[Sequence[float]]:
    """Each seven days in a row, the last ones as many as there are."""
    return [figures[start : start + WEEK_DAYS] for start in range(0, len(figures), WEEK_DAYS)]


def _correlation(one: Sequence[float], other: Sequence[float]) -> float:
    """How alike two covers move; 0 where one of them never moves."""
    mine, theirs = ([value - sum(values) / len(values) for value in values] for values in (one, other))
    size = sqrt(sum(value**2 for value in mine) * sum(value**2 for value in theirs))
    return sum(left * right for left, right in zip(mine, theirs, strict=True)) / size if size else 0.0

"""What may be said of a measured initiative: the first state that applies, and what is missing for the next one.

Clauses S1 - S7 of docs/methods.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

INSUFFICIENT = "baseline insufficient"
EXPIRED = "expired"
DISPUTED = "disputed"
VERIFIED = "verified"
INCREASED = "increased"
NOISE = "not distinguishable from noise"
MEASURING = "measuring"
VERDICTS = (INSUFFICIENT, EXPIRED, DISPUTED, VERIFIED, INCREASED, NOISE, MEASURING)

SHORTEST: Mapping[str, int] = {"day": 330, "week": 48, "month": 24}
MOST_MISSING = 0.10
LEAST_A_DAY = 2
LARGEST_DETECTABLE = 0.60
ENOUGH_DAYS, EARLY_DAYS = 90, 28
METHODS_APART = 0.20
MOST_RANK, FEWEST_PLACEBOS = 0.10, 10


class Finding(NamedTuple):
    """One thing that the reader must know of a result."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the states ask; shares are of 1, `valid_days` are those reported since full go-live.

    `lows` are the low ends at the last two month-ends and before them, oldest first; `placebo_rank` is the share of
    fake go-lives on untouched reasons that show at least this effect, None under ten of them; `steps` are sentences.
    """

    grain: str
    span_periods: int
    missing: float
    contacts_a_day: float
    unseen_months: tuple[int, ...]
    minimum_detectable: float
    valid_days: float
    relative: float
    low: float
    high: float
    last_year: float | None
    lows: tuple[float, ...] = ()
    placebo_rank: float | None = None
    open_events: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    expires_on: date | None = None
    today: date | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state, and the findings that explain it."""

    state: str
    findings: tuple[Finding, ...]

    @property
    def is_booked(self) -> bool:
        """Whether the low end may be booked."""
        return self.state == VERIFIED


def verdict(facts: Facts) -> Verdict:
    """The first state that applies (S1)."""
    return next(_states(facts))


def _states(facts: Facts) -> Iterator[Verdict]:
    """Every state that applies, in their order; what expired (S3), increased (S6) and noise (S7) ask stands here."""
    if lacking := _lacking(facts):
        yield Verdict(INSUFFICIENT, tuple(lacking))
    if facts.expires_on and facts.today and facts.today > facts.expires_on:
        sentence = f"Its saving counted until {facts.expires_on}; what was booked stays. Agree on a new baseline."
        yield Verdict(EXPIRED, (Finding("expired", sentence),))
    if disputes := _disputes(facts):
        yield Verdict(DISPUTED, tuple(disputes))
    doubts = tuple(_doubts(facts))
    if not doubts:
        sentence = "The low end lay above 0 at two month-ends in a row, and the one-sentence method agrees."
        yield Verdict(VERIFIED, (Finding("verified", sentence),))
    if facts.valid_days >= EARLY_DAYS and facts.high < 0:
        yield Verdict(INCREASED, (Finding("increased", "More contacts came than expected, beyond what is noise."),))
    if facts.valid_days >= ENOUGH_DAYS and facts.low <= 0 <= facts.high:
        sentence = f"An effect below {facts.minimum_detectable:.0%} could not have been seen. Nothing is booked."
        yield Verdict(NOISE, (Finding("noise", sentence),))
    yield Verdict(MEASURING, doubts)


def _lacking(facts: Facts) -> Sequence[Finding]:
    """What the baseline lacks (S2)."""
    tests = (
        (
            facts.span_periods < SHORTEST[facts.grain],
            "short",
            (
                f"The baseline has {facts.span_periods} {facts.grain}s; {SHORTEST[facts.grain]} are the least. "
                "A shorter one mistakes the season for an effect."
            ),
        ),
        (
            facts.missing > MOST_MISSING,
            "missing",
            f"{facts.missing:.0%} of the baseline is missing; {MOST_MISSING:.0%} is the most. Import what is missing.",
        ),
        (
            facts.contacts_a_day < LEAST_A_DAY,
            "few",
            (
                f"The baseline has {facts.contacts_a_day:.1f} contacts a day; {LEAST_A_DAY} are the least. "
                "Measure it together with its neighbours."
            ),
        ),
        (
            bool(facts.unseen_months),
            "unseen",
            f"The baseline never saw {_months(facts.unseen_months)}. Begin it earlier.",
        ),
        (
            facts.minimum_detectable > LARGEST_DETECTABLE,
            "blind",
            (
                f"Only an effect above {facts.minimum_detectable:.0%} could be told from noise; "
                f"{LARGEST_DETECTABLE:.0%} is the most. Measure it together with its neighbours."
            ),
        ),
    )
    return [Finding(code, sentence) for applies, code, sentence in tests if applies]


def _disputes(facts: Facts) -> Sequence[Finding]:
    """What has to be settled first (S4)."""
    found = []
    if (
        facts.valid_days >= ENOUGH_DAYS
        and facts.last_year is not None
        and abs(facts.relative - facts.last_year) > METHODS_APART
    ):
        sentence = (
            f"The methods disagree: the regression says {facts.relative:.0%}, the same weeks last year say "
            f"{facts.last_year:.0%}. More than 20 points apart, nothing is verified until somebody has found out why."
        )
        found.append(Finding("methods disagree", sentence))
    found += [
        Finding("open event", f"“{name}” is in the register and not decided yet. Approve or reject it.")
        for name in facts.open_events
    ]
    return found


def _doubts(facts: Facts) -> Sequence[Finding]:
    """What keeps the saving from being verified (S5)."""
    found = []
    if facts.low <= 0:
        found.append(Finding("low end", "The low end is not above 0."))
    elif len(facts.lows) < 2 or min(facts.lows[-2:]) <= 0:  # noqa: PLR2004  (two month-ends in a row)
        seen = "no month-end" if not facts.lows or facts.lows[-1] <= 0 else "one month-end"
        sentence = f"The low end lay above 0 at {seen} so far; it takes two in a row."
        found.append(Finding("month-ends", sentence))
    if facts.last_year is None:
        sentence = "There is no same week last year to compare with, and a second method has to agree."
        found.append(Finding("one method", sentence))
    elif facts.last_year <= 0 < facts.relative:
        found.append(Finding("sign", "The one-sentence method sees no fall."))
    if facts.placebo_rank is not None and facts.placebo_rank > MOST_RANK:
        sentence = (
            f"{facts.placebo_rank:.0%} of the untouched reasons seem to fall as much; {MOST_RANK:.0%} is the most."
        )
        found.append(Finding("placebo", sentence))
    found += [Finding("step", sentence) for sentence in facts.steps]
    return found


def _months(numbers: Sequence[int]) -> str:
    return ", ".join(date(2000, number, 1).strftime("%B") for number in numbers)

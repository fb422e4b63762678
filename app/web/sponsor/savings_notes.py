"""What is said beside the figures: who waits for a month-end, who is above its promise, whose effect wears off."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for

from app.initiatives.queries import Known
from app.initiatives.rules import GONE_LIVE
from app.ledger.claim_queries import Claimed
from app.ledger.decay import Decay
from app.ledger.queries import Line
from app.ledger.rules import CAPACITY
from app.measurement.plan_queries import Measured, PlanVersion
from app.values.figures import day, share
from app.values.money import Money, money_text
from app.values.periods import Period, month_of, next_month

NO_LIMIT = "A projection is no upper limit: what is booked is the low end of what was measured"


@dataclass(frozen=True)
class Awaited:
    """A live initiative with a frozen plan that no month-end was measured of yet, and the day of its first look."""

    known: Known
    month: date
    look_on: date

    def words(self, today: date) -> str:
        """When it is measured, to follow its code."""
        if self.look_on <= today:
            return f"whose month-end of {self.month:%B %Y} is measured as soon as all its contacts are counted"
        return f"whose first month-end is measured from {day(self.look_on)} on"


@dataclass(frozen=True)
class Above:
    """An initiative that is measured, or validated, at more a year than was approved."""

    known: Known
    projected: Money
    measured: Money
    validated: Money | None


def awaited(lines: Iterable[Line], looks: Mapping[int, Measured], plans: Mapping[int, PlanVersion]) -> list[Awaited]:
    """Who has a frozen plan, is live, and was not measured yet."""
    found = []
    for line in lines:
        plan = plans.get(line.known.id)
        if plan is not None and line.known.stage in GONE_LIVE and line.known.id not in looks:
            month = month_of(plan.terms.go_live_on).start
            found.append(Awaited(line.known, month, next_month(month)))
    return found


def unplanned(lines: Iterable[Line], plans: Mapping[int, PlanVersion]) -> list[Line]:
    """Initiatives that are live without a frozen plan: their figures are an indication."""
    return [line for line in lines if line.measured is not None and line.known.id not in plans]


def above(lines: Iterable[Line]) -> list[Above]:
    """Who is measured at more a year than was approved (L2)."""
    found = []
    for line in lines:
        projected, held = line.projected and line.projected.money, line.position
        measured = held.measured.money if held and held.measured else None
        validated = held.validated.money if held and held.validated else None
        if projected and measured and measured.amount_minor > projected.amount_minor:
            is_signed_above = validated is not None and validated.amount_minor > projected.amount_minor
            found.append(Above(line.known, projected, measured, validated if is_signed_above else None))
    return found


def above_in_month(claimed: Claimed) -> str:
    """Why a month's claim is more than was projected for it; nothing where it is not."""
    facts, frozen = claimed.entry.facts, claimed.known.frozen
    projected = frozen.likely_in(month_of(facts.month))[1] if frozen else None
    if facts.column != CAPACITY or projected is None or facts.amount.amount_minor <= projected:
        return ""
    money = money_text(Money(round(projected), facts.amount.currency))
    told = f"This is more than the {money} projected for {facts.month:%B %Y}. {NO_LIMIT}."
    go_live_on = claimed.known.plan.go_live_on
    if facts.basis.get("booked_before_minor") == 0 and go_live_on and go_live_on < facts.month:
        return f"{told} Nothing stood for the months before, so it holds all that was saved since {day(go_live_on)}."
    return told


def losing(decay: Decay) -> str:
    """The sentence about a fix that wears off."""
    told = [*_left(decay), *_taken_back(decay)]
    return f"{decay.known.code}'s fix is losing effect: {'; '.join(told)}."


def losing_pages(decays: Iterable[Decay]) -> list[tuple[str, str]]:
    """The sentence about each fix that wears off, and the calculation that says so."""
    return [(losing(one), _calculation(one)) for one in decays]


def _calculation(decay: Decay) -> str:
    return url_for("sponsor.calculation", initiative_id=decay.known.id, month=f"{decay.month:%Y-%m}")


def _left(decay: Decay) -> Sequence[str]:
    if decay.share_now is None or decay.share_before is None:
        return []
    came = (
        f"{share(decay.share_now)} of the expected contacts stayed away"
        if decay.share_now >= 0
        else f"{share(-decay.share_now)} more contacts came than expected"
    )
    settled = "closed" if decay.known.stage == "closed" else "validated"
    return [f"{came} {_months(decay.now)}, {share(decay.share_before)} stayed away before it was {settled}"]


def _taken_back(decay: Decay) -> Sequence[str]:
    if decay.taken_back is None:
        return []
    return [f"{decay.month:%B %Y} takes {money_text(decay.taken_back)} back of what was booked"]


def _months(period: Period) -> str:
    first, last = period.start, period.last_day
    same_year = first.year == last.year
    return f"from {first:%B}{'' if same_year else f' {first.year}'} to {last:%B %Y}"

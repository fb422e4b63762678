"""What is fixed before anybody measures: boundary, dates, method and rates; frozen with a hash of all of it.

Clauses B1 - B5 of docs/methods.md.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from app.contacts.rules import CHANNELS
from app.measurement.outcome import METHOD_VERSIONS
from app.measurement.series import DAY, GRAINS, Frame
from app.values.figures import day
from app.values.periods import Period, month_of

CREDITING_MONTHS = 24
LONGEST_CREDITING_MONTHS = 60
WHOLE_BP = 10_000
STEP, RAMP, PHASED = "step", "ramp", "phased"
SHAPES: Mapping[str, str] = {
    STEP: "all at once",
    RAMP: "rising evenly from go-live to full go-live",
    PHASED: "in parts, each with its day and share",
}
Rates = tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Phase:
    """From a day on this share of the reasons' volume is covered, in basis points."""

    from_on: date
    share_bp: int


@dataclass(frozen=True, slots=True)
class Boundary:
    """What is counted: the reasons to remove, those that contacts may be re-labelled into, the channels (none: all)."""

    reason_ids: frozenset[int]
    sink_ids: frozenset[int] = frozenset()
    channels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PlanTerms:
    """One version of a measurement plan, as it is typed and frozen (B1).

    `untouched_ids` are the reasons that tell a common departure, frozen with it; `agreed_share_bp` stands in where
    initiatives on one boundary cannot be told apart.
    """

    boundary: Boundary
    go_live_on: date
    full_on: date | None = None
    announced_on: date | None = None
    shape: str = STEP
    phases: tuple[Phase, ...] = ()
    grain: str = DAY
    method: str = "2"
    driver: str | None = None
    control_ids: frozenset[int] = frozenset()
    untouched_ids: tuple[int, ...] = ()
    crediting_months: int = CREDITING_MONTHS
    first_year_only: bool = False
    agreed_share_bp: int | None = None
    rates: Rates = field(default=())

    @property
    def method_version(self) -> str:
        """The version of its method that is carried out today."""
        return METHOD_VERSIONS[self.method]

    @property
    def counts_from(self) -> date:
        """The day from which waiting time counts: the full go-live (S8)."""
        return self.full_on or self.go_live_on

    @property
    def expires_on(self) -> date:
        """The first day that is no longer credited."""
        months = 12 if self.first_year_only else self.crediting_months
        return months_after(self.counts_from, months)

    def frame(self, end: date, excluded: tuple[Period, ...], holidays: frozenset[date]) -> Frame:
        """What the calculation is told, for a report up to a day."""
        return Frame(
            go_live_on=self.go_live_on,
            end=end,
            full_on=self.full_on,
            announced_on=self.announced_on,
            excluded=excluded,
            holidays=holidays,
            method=self.method if self.grain == DAY else "1",
        )

    def covered(self, on: date) -> float:
        """The share of the reasons' volume that the initiative covers on a day, from 0 to 1 (O2)."""
        if on < self.go_live_on:
            return 0.0
        if self.shape == PHASED:
            return max((phase.share_bp for phase in self.phases if phase.from_on <= on), default=0) / WHOLE_BP
        if self.shape == RAMP and self.full_on is not None and on < self.full_on:
            return ((on - self.go_live_on).days + 1) / ((self.full_on - self.go_live_on).days + 1)
        return 1.0


def facts(terms: PlanTerms) -> dict[str, Any]:
    """The plan as plain JSON values, the same for the same plan."""
    found = asdict(terms)
    found["boundary"] = {name: sorted(values) for name, values in found["boundary"].items()}
    found["control_ids"] = sorted(terms.control_ids)
    found["method_version"] = terms.method_version
    plain: dict[str, Any] = json.loads(json.dumps(found, default=str))
    return plain


def of_facts(kept: Mapping[str, Any]) -> PlanTerms:
    """The plan that was kept as these facts."""
    boundary = kept["boundary"]
    return PlanTerms(
        boundary=Boundary(*(frozenset(boundary[name]) for name in ("reason_ids", "sink_ids", "channels"))),
        go_live_on=date.fromisoformat(kept["go_live_on"]),
        full_on=_date(kept["full_on"]),
        announced_on=_date(kept["announced_on"]),
        shape=kept["shape"],
        phases=tuple(Phase(date.fromisoformat(one["from_on"]), one["share_bp"]) for one in kept["phases"]),
        grain=kept["grain"],
        method=kept["method"],
        driver=kept["driver"],
        control_ids=frozenset(kept["control_ids"]),
        untouched_ids=tuple(kept["untouched_ids"]),
        crediting_months=kept["crediting_months"],
        first_year_only=kept["first_year_only"],
        agreed_share_bp=kept["agreed_share_bp"],
        rates=tuple(kept["rates"]),
    )


def fingerprint(kept: Mapping[str, Any]) -> str:
    """The hash on every figure made with this plan (B3): SHA-256 of its facts in one fixed spelling."""
    spelled = json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(spelled.encode("ascii")).hexdigest()


def faults(terms: PlanTerms) -> dict[str, str]:
    """What is wrong with a plan, a sentence a field."""
    return {**dict(_boundary_faults(terms.boundary)), **dict(_date_faults(terms)), **dict(_method_faults(terms))}


def _boundary_faults(boundary: Boundary) -> Iterator[tuple[str, str]]:
    if not boundary.reason_ids:
        yield "reason_ids", "Choose at least one reason that the initiative removes."
    if both := boundary.reason_ids & boundary.sink_ids:
        yield "sink_ids", f"A reason is either removed or takes what moves, not both ({len(both)} chosen twice)."
    if unknown := boundary.channels - set(CHANNELS):
        yield "channels", f"“{min(unknown)}” is no channel."


def _date_faults(terms: PlanTerms) -> Iterator[tuple[str, str]]:
    live, full, announced = terms.go_live_on, terms.full_on, terms.announced_on
    if full and full < live:
        yield "full_on", f"The full go-live, {day(full)}, lies before {day(live)}, the first."
    if announced and announced > live:
        yield "announced_on", f"It was announced on {day(announced)}, after it went live on {day(live)}."
    if terms.shape == PHASED and not _rising(terms.phases, live):
        yield (
            "phases",
            "Write each part with its day and its share up to 100 %, rising, the first on the day of go-live.",
        )
    if terms.shape == RAMP and (full is None or full <= live):
        yield "full_on", f"It rises from {day(live)} on: write the later day on which it is live everywhere."
    if not 1 <= terms.crediting_months <= LONGEST_CREDITING_MONTHS:
        yield "crediting_months", f"A saving counts for 1 to {LONGEST_CREDITING_MONTHS} months."


def _method_faults(terms: PlanTerms) -> Iterator[tuple[str, str]]:
    if terms.shape not in SHAPES:
        yield "shape", "Choose how the effect comes."
    if terms.grain not in GRAINS:
        yield "grain", "Choose day, week or month."
    if terms.method not in METHOD_VERSIONS or (terms.grain != DAY and terms.method != "1"):
        yield "method", "Method 2 is for days; weeks and months are measured by method 1."
    if terms.agreed_share_bp is not None and not 0 < terms.agreed_share_bp <= WHOLE_BP:
        yield "agreed_share_bp", "The agreed share is above 0 % and at most 100 %."


def _rising(phases: tuple[Phase, ...], live: date) -> bool:
    days, shares = [one.from_on for one in phases], [one.share_bp for one in phases]
    are_parts = bool(phases) and all(0 < one <= WHOLE_BP for one in shares)
    return are_parts and days == sorted(set(days)) and shares == sorted(set(shares)) and days[0] == live


def months_after(start: date, months: int) -> date:
    """The same day so many months later, or the month's last."""
    years, month = divmod(start.month - 1 + months, 12)
    month_then = month_of(date(start.year + years, month + 1, 1))
    return month_then.start.replace(day=min(start.day, month_then.days))


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)

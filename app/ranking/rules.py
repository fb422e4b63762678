"""Which reasons bring the contacts: shares, costs and what changed, from totals, tree and rates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import accumulate

from app.costing.rules import NO_COST, Cost, RateBook, average_seconds
from app.counting.rules import UNTAGGED, Total
from app.reasons.rules import Tree
from app.values.money import Money
from app.values.periods import DAYS_A_YEAR, ONE_DAY, Period, first_whole_week, week_of

MEASURES = ("contacts", "cost", "minutes")
HALF = 0.5
MOST_SUBJECTS = 10
FEW_SUBJECTS = 5


@dataclass(frozen=True, slots=True)
class Question:
    """What is ranked: a period, by a measure, at a level (None: the reasons as they were given), and narrowed.

    `tree_of` asks for the tree of a day instead of today's. With `others_last` reasons flagged as “Other” end the list.
    """

    period: Period
    by: str = "contacts"
    level: int | None = None
    parent_id: int | None = None
    channel: str | None = None
    source_id: int | None = None
    tree_of: date | None = None
    others_last: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """What is known of some contacts: their number, the handle time of the `timed` ones, their cost, those before."""

    contacts: int = 0
    timed: int = 0
    handle_seconds: int = 0
    cost: Cost = NO_COST
    contacts_before: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            self.contacts + other.contacts,
            self.timed + other.timed,
            self.handle_seconds + other.handle_seconds,
            self.cost + other.cost,
            self.contacts_before + other.contacts_before,
        )

    def measure(self, by: str) -> Fraction | None:
        """The figure that the ranking goes by; None where it is unknown."""
        if by == "contacts":
            return Fraction(self.contacts)
        if by == "minutes":
            return Fraction(self.handle_seconds) if self.timed else None
        return self.cost.minor

    @property
    def average_seconds(self) -> float | None:
        """AHT over the contacts whose handle time is known."""
        return self.handle_seconds / self.timed if self.timed else None

    @property
    def known_seconds(self) -> int | None:
        """Handle time, where that of any contact is known."""
        return self.handle_seconds if self.timed else None


@dataclass(frozen=True, slots=True)
class Ranked:
    """One reason's place; `share` and `cumulative_share` (0-1) are of the measure, None where that is unknown."""

    reason_id: int
    path: tuple[str, ...]
    is_other: bool
    owner_id: int | None
    figures: Figures
    share: float | None
    cumulative_share: float | None

    @property
    def name(self) -> str:
        """The last level of its path."""
        return self.path[-1]

    @property
    def contacts(self) -> int:
        """Handled inbound contacts with this main reason, or one below it."""
        return self.figures.contacts


@dataclass(frozen=True)
class Ranking:
    """Reasons in descending order with the figures that say how far to trust them.

    `contacts` came in and were handled; `tagged` of them carry a reason; `left_out` were abandoned or went out. With a
    parent, the rows and their shares are those below it (`total`), while contacts and coverage stay those of all.
    """

    question: Question
    rows: tuple[Ranked, ...]
    total: Figures
    contacts: int
    tagged: int
    left_out: int
    contacts_before: int | None
    currency: str | None

    @property
    def coverage(self) -> float | None:
        """Share of contacts that carry a reason."""
        return self.tagged / self.contacts if self.contacts else None

    @property
    def other_contacts(self) -> int:
        """Contacts in reasons flagged as “Other”."""
        return sum(row.contacts for row in self.rows if row.is_other)

    @property
    def other_share(self) -> float | None:
        """Their share of the ranked contacts."""
        return self.other_contacts / self.total.contacts if self.total.contacts else None

    @property
    def change(self) -> float | None:
        """Growth of all contacts on the period before, as a share of it; None where that is not covered."""
        return None if self.contacts_before is None else growth(self.contacts, self.contacts_before)

    def change_of(self, row: Ranked) -> float | None:
        """Growth of one reason on the period before; None where that is not covered or held none."""
        return None if self.contacts_before is None else growth(row.contacts, row.figures.contacts_before)

    def cost_of(self, figures: Figures) -> Money | None:
        """Cost in the period, rounded half to even."""
        return self._money(figures.cost.minor)

    def yearly_cost_of(self, figures: Figures) -> Money | None:
        """Cost in the period x 365 / days of the period."""
        minor = figures.cost.minor
        return self._money(None if minor is None else minor * Fraction(DAYS_A_YEAR, self.question.period.days))

    def _money(self, minor: Fraction | None) -> Money | None:
        return None if minor is None or self.currency is None else Money(round(minor), self.currency)


@dataclass(frozen=True, slots=True)
class Finding:
    """The few reasons at the top that make much of the whole; `share` is None where nothing can be said."""

    rows: tuple[Ranked, ...]
    share: float | None
    reaches_half: bool


def rank(
    totals: Sequence[Total], tree: Tree, book: RateBook, question: Question, *, is_before_covered: bool
) -> Ranking:
    """The ranking from totals that begin one period earlier and are cut where the period and where rates begin."""
    start = question.period.start
    now = [total for total in totals if total.since >= start]
    averages = average_seconds(now)
    tagged = [total for total in now if total.reason_id != UNTAGGED]
    before = [total for total in totals if total.since < start]
    groups: dict[int, Figures] = {}
    for total in tagged:
        place = place_of(tree, total.reason_id, question)
        if place is not None:
            cost = book.cost_of_total(total, averages)
            some = Figures(total.handled, total.timed, total.handle_seconds, cost)
            groups[place] = groups.get(place, Figures()) + some
    for total in before:
        place = place_of(tree, total.reason_id, question) if total.reason_id != UNTAGGED else None
        if place in groups:
            groups[place] += Figures(contacts_before=total.handled)
    ranked = {reason_id: figures for reason_id, figures in groups.items() if figures.contacts}
    return Ranking(
        question=question,
        rows=tuple(_rows(ranked, tree, question)),
        total=sum(ranked.values(), Figures()),
        contacts=sum(total.handled for total in now),
        tagged=sum(total.handled for total in tagged),
        left_out=sum(total.abandoned + total.outbound for total in now),
        contacts_before=sum(total.handled for total in before) if is_before_covered else None,
        currency=book.currency,
    )


def place_of(tree: Tree, reason_id: int, question: Question) -> int | None:
    """The reason under which a contact stands in this ranking; None where it is not asked for."""
    line = tree.line(reason_id)
    if question.parent_id is not None and tree.resolve(question.parent_id) not in line:
        return None
    return line[-1] if question.level is None else tree.ancestor(reason_id, question.level)


def _rows(groups: dict[int, Figures], tree: Tree, question: Question) -> Iterable[Ranked]:
    measures = {reason_id: figures.measure(question.by) for reason_id, figures in groups.items()}
    whole = sum((measure for measure in measures.values() if measure is not None), Fraction(0))

    def order(reason_id: int) -> tuple[bool, bool, Fraction, tuple[str, ...]]:
        measure = measures[reason_id]
        is_last = question.others_last and tree.is_other(reason_id)
        return is_last, measure is None, -(measure or Fraction(0)), tree.path(reason_id)

    ordered = sorted(groups, key=order)
    running = accumulate(measures[reason_id] or Fraction(0) for reason_id in ordered)
    for reason_id, so_far in zip(ordered, running, strict=True):
        measure = measures[reason_id]
        is_known = measure is not None and whole > 0
        yield Ranked(
            reason_id=reason_id,
            path=tree.path(reason_id),
            is_other=tree.is_other(reason_id),
            owner_id=tree.owner(reason_id),
            figures=groups[reason_id],
            share=float((measure or 0) / whole) if is_known else None,
            cumulative_share=float(so_far / whole) if is_known else None,
        )


def growth(now: int, before: int) -> float | None:
    """How much more there is than before, as a share of before; None where there was nothing."""
    return (now - before) / before if before else None


def find(ranking: Ranking) -> Finding:
    """The fewest reasons that make half of the measure, if they are few; else the five largest."""
    named = [row for row in ranking.rows if not row.is_other and row.cumulative_share is not None]
    half = [row for row in named if (row.cumulative_share or 0) - (row.share or 0) < HALF]
    reaches = bool(half) and len(half) <= MOST_SUBJECTS and (half[-1].cumulative_share or 0) >= HALF
    rows = half if reaches else named[:FEW_SUBJECTS]
    return Finding(tuple(rows), rows[-1].cumulative_share if rows else None, reaches)


def usual_period(first_day: date, last_day: date, weeks: int) -> Period:
    """The last whole ISO weeks, Monday to Sunday, all of whose days lie within the data; without one all its days.

    A day from before the data begins would count as one without contacts, and lower every figure a year.
    """
    end = week_of(last_day + ONE_DAY).start
    start = max(end - 7 * weeks * ONE_DAY, first_whole_week(first_day).start)
    return Period(start, end) if start < end else Period(first_day, last_day + ONE_DAY)

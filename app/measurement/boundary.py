"""A plan's boundary read from the daily totals: channel by channel, with its controls, its driver and the untouched.

Clause B2 of docs/methods.md.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.counting import drivers, totals
from app.counting import queries as counting
from app.counting.rules import Opening
from app.measurement.change_actions import RELABELLING
from app.measurement.plans import PlanTerms
from app.measurement.series import DAY, MONTH, WEEK, Figures, Frame, Series, end_of, periods_of, summed
from app.measurement.tables import OtherChange, OtherChangeReason
from app.reasons import queries as reasons
from app.reasons.rules import Tree
from app.values.errors import Refused
from app.values.periods import ONE_DAY, Period, next_month

READ_BACK_DAYS = 730
READ_BACK_MONTH_DAYS = 1096  # three years: a baseline of months takes two at least, and go-live cuts one
LEAST_UNTOUCHED_A_DAY = 2
MOST_UNTOUCHED = 40


@dataclass(frozen=True, slots=True)
class Days:
    """Which days of a stretch are there: any contact at all makes a day present; a closed one is not missing."""

    stretch: Period
    present: frozenset[date]
    opening: Opening

    @property
    def closed(self) -> frozenset[date]:
        """Days without contacts on which the centre was closed."""
        return frozenset(day for day in self.stretch if day not in self.present and not self.opening.is_open(day))

    @property
    def holidays(self) -> frozenset[date]:
        """Days named as closed on which contacts came all the same: unlike other days of their weekday."""
        return frozenset(day for day in self.opening.closed_days if day in self.present)


@dataclass(frozen=True, slots=True)
class Counted:
    """Contacts by reason and channel in periods one after the other, and which of these are there."""

    starts: tuple[date, ...]
    present: AbstractSet[date]
    counts: Mapping[tuple[int, str], Mapping[date, int]]

    def figures(self, counts: Mapping[date, int]) -> Figures:
        """Counts period by period; 0 in a present one without any, None in a missing one."""
        return [float(counts.get(start, 0)) if start in self.present else None for start in self.starts]


@dataclass(frozen=True, slots=True)
class Read:
    """A boundary with its frame, ready to be measured; `with_sinks` holds the target together with its sinks."""

    series: Series
    with_sinks: Series | None
    frame: Frame


def read(session: Session, terms: PlanTerms, until: date) -> Read:
    """The series of a plan's boundary (B2) from the earliest day that may count up to a day, in the plan's periods.

    Raises Refused where nothing was counted in these days.
    """
    tree = reasons.tree(session)
    days = days_of(session, terms, until)
    target, sinks = terms.boundary.reason_ids, terms.boundary.sink_ids
    control = _all_below(tree, terms.control_ids)
    untouched_ones = {str(one): tree.below(one) for one in terms.untouched_ids}
    everything = _all_below(tree, target | sinks) | control | frozenset[int]().union(*untouched_ones.values())
    counted = _by_day(session, days, everything) if terms.grain == DAY else _longer(session, terms, days, everything)
    series = Series(
        grain=terms.grain,
        starts=counted.starts,
        channels=_by_channel(counted, _all_below(tree, target), terms.boundary.channels),
        driver=None if terms.driver is None else _driver(session, terms.driver, terms.grain, days, counted),
        control=_together(counted, control) if terms.control_ids else None,
        others={name: _together(counted, ids) for name, ids in untouched_ones.items()},
        closed=days.closed if terms.grain == DAY else frozenset(),
    )
    wider = _by_channel(counted, _all_below(tree, target | sinks), terms.boundary.channels)
    return Read(
        series,
        replace(series, channels=wider) if sinks else None,
        terms.frame(days.stretch.end, excluded(session, target | sinks, tree), days.holidays),
    )


def read_untouched(session: Session, touched: Collection[int], until: date) -> Read:
    """All reasons that no initiative touches, as far back as a fake go-live looks; raises Refused without a contact."""
    counted = counting.first_and_last_day(session)
    if counted is None:
        raise Refused("No contacts are counted yet. Import some first.")
    end = min(until, counted[1] + ONE_DAY)
    start = max(counted[0], end - timedelta(days=2 * READ_BACK_DAYS))
    if end <= start:
        raise Refused(f"No contacts are counted before {until}.")
    tree, stretch = reasons.tree(session), Period(start, end)
    days = Days(
        stretch, frozenset(counting.known_by_day(session, stretch, [frozenset()])[0]), counting.opening(session)
    )
    chosen = {one: tree.below(one) for one in untouched(session, tree, touched, stretch)}
    counted_days = _by_day(session, days, frozenset[int]().union(*chosen.values()))
    series = Series(
        grain=DAY,
        starts=counted_days.starts,
        channels={},
        others={tree.text(one): _together(counted_days, ids) for one, ids in chosen.items()},
        closed=days.closed,
    )
    frame = Frame(start, end, excluded=excluded(session, chosen, tree), holidays=days.holidays)
    return Read(series, None, frame)


def days_of(session: Session, terms: PlanTerms, until: date) -> Days:
    """The days that a plan looks at, as far as contacts reach."""
    counted = counted_days(session, terms.grain)
    if counted is None:
        raise Refused("No contacts are counted yet. Import some first.")
    baseline_end = min(terms.go_live_on, terms.announced_on or terms.go_live_on)
    start = max(counted[0], baseline_end - read_back(terms.grain))
    end = min(until, counted[1] + ONE_DAY)
    if end <= start:
        raise Refused("No contacts are counted in the days that this plan looks at.")
    stretch = Period(start, end)
    present = counting.known_by_day(session, stretch, [frozenset()])[0]
    return Days(stretch, frozenset(present), counting.opening(session))


def read_back(grain: str) -> timedelta:
    """How far before its end a baseline may reach."""
    return timedelta(days=READ_BACK_MONTH_DAYS if grain == MONTH else READ_BACK_DAYS)


def counted_days(session: Session, grain: str) -> tuple[date, date] | None:
    """The first and the last day that can be measured by the day, or by the week or month; None without any."""
    known = [counting.first_and_last_day(session)]
    if grain != DAY:
        known.append(counting.first_and_last_day_of_longer_totals(session))
    found = [one for one in known if one is not None]
    return (min(first for first, _ in found), max(last for _, last in found)) if found else None


def excluded(session: Session, reason_ids: Collection[int], tree: Tree) -> tuple[Period, ...]:
    """The days of approved other changes that touched one of these reasons, or all reasons (E3)."""
    rows = _changes(session, "approved", reason_ids, tree)
    return tuple(Period(row.start, row.end) for row in rows if row.kind != RELABELLING)


def open_events(session: Session, reason_ids: Collection[int], tree: Tree) -> tuple[str, ...]:
    """The names of other changes on these reasons that nobody has decided yet."""
    return tuple(row.name for row in _changes(session, "proposed", reason_ids, tree))


def untouched(session: Session, tree: Tree, touched: Collection[int], stretch: Period) -> tuple[int, ...]:
    """Reasons that no initiative touches, with two contacts a day or more: the largest, as far as they tell something.

    Only reasons without any below them count, so that none is counted twice.
    """
    out = _all_below(tree, touched)
    leaves = [node.id for node in tree.walk() if not tree.children(node.id) and node.id not in out]
    offered = volumes(session, stretch)
    volume = {one: sum(offered[member] for member in tree.below(one)) for one in leaves}
    enough = [one for one in leaves if volume[one] >= LEAST_UNTOUCHED_A_DAY * stretch.days]
    return tuple(sorted(enough, key=lambda one: (-volume[one], one))[:MOST_UNTOUCHED])


def volumes(session: Session, period: Period) -> Counter[int]:
    """Offered contacts of each reason in a period."""
    found = Counter[int]()
    for total in counting.by_reason_and_channel(session, period):
        found[total.reason_id] += total.offered
    return found


def _changes(session: Session, state: str, reason_ids: Collection[int], tree: Tree) -> Iterable[OtherChange]:
    above = {one for reason_id in reason_ids for one in tree.line(reason_id)}
    touched = _all_below(tree, reason_ids).union(*(tree.reading_as(one) for one in above))
    query = (
        select(OtherChange)
        .outerjoin(OtherChangeReason, OtherChangeReason.change_id == OtherChange.id)
        .where(
            OtherChange.state == state,
            or_(OtherChangeReason.reason_id.is_(None), OtherChangeReason.reason_id.in_(touched)),
        )
        .order_by(OtherChange.start, OtherChange.id)
    )
    return session.scalars(query).unique()


def _all_below(tree: Tree, reason_ids: Collection[int]) -> frozenset[int]:
    return frozenset[int]().union(*(tree.below(one) for one in reason_ids))


def _by_day(session: Session, days: Days, reason_ids: Collection[int]) -> Counted:
    counts = counting.by_reason_channel_and_day(session, days.stretch, reason_ids)
    return Counted(tuple(days.stretch), days.present, counts)


def _longer(session: Session, terms: PlanTerms, days: Days, reason_ids: Collection[int]) -> Counted:
    """Whole weeks counted from go-live, or whole calendar months; one with an open day missing is missing."""
    first = days.stretch.start
    if terms.grain == WEEK:
        first += (terms.go_live_on - first) % timedelta(days=7)
    elif first.day > 1:
        first = next_month(first)
    starts = periods_of(terms.grain, first, days.stretch.end)
    if not starts:
        raise Refused(f"The days that are counted do not fill a single {terms.grain}.")
    whole = Period(starts[0], end_of(terms.grain, starts[-1]))
    counts = totals.by_reason_and_period(session, terms.grain, whole, reason_ids)
    present = totals.known_periods(session, terms.grain, whole, days.opening.is_open)
    return Counted(tuple(starts), present, counts)


def _driver(session: Session, name: str, grain: str, days: Days, counted: Counted) -> Figures:
    """The driver in the plan's periods: its own, or daily ones added up; raises Refused where it comes less often."""
    own = drivers.grain_of(session, name)
    if own not in {grain, DAY}:
        raise Refused(f"“{name}” is known by the {own}, and this plan measures by the {grain}. Plan it by the {own}.")
    values = drivers.figures(session, name, days.stretch)
    if own == grain:
        return [values.get(start) for start in counted.starts]
    daily = Series(DAY, tuple(days.stretch), {name: [values.get(day) for day in days.stretch]}, closed=days.closed)
    added = summed(daily, grain, counted.starts[0])
    by_start = dict(zip(added.starts, added.channels[name], strict=True))
    return [by_start.get(start) for start in counted.starts]


def _by_channel(counted: Counted, members: Collection[int], channels: Collection[str]) -> dict[str, Figures]:
    found: dict[str, Counter[date]] = defaultdict(Counter)
    for (reason_id, channel), by_start in counted.counts.items():
        if reason_id in members and (not channels or channel in channels):
            found[channel].update(by_start)
    if not found:
        raise Refused("Not one contact with these reasons is counted. Choose others, or import contacts.")
    return {channel: counted.figures(found[channel]) for channel in sorted(found)}


def _together(counted: Counted, members: Collection[int]) -> Figures:
    found = Counter[date]()
    for (reason_id, _), by_start in counted.counts.items():
        if reason_id in members:
            found.update(by_start)
    return counted.figures(found)

"""The figures that a week's meeting looks at: those of the last full week, held against the weeks before it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.counting import queries as counting
from app.counting.rules import UNTAGGED, Opening
from app.meetings import rules
from app.meetings.rules import Routine
from app.reasons import queries as reasons
from app.reasons.rules import Tree
from app.values.periods import Period, first_whole_week

ONE_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ReasonOfWeek:
    """A reason's handled contacts in the week; `share` is of all tagged ones, `direction` is up, down or nothing."""

    id: int
    path: tuple[str, ...]
    contacts: int
    share: float
    usual: Routine | None
    direction: str


@dataclass(frozen=True, slots=True)
class FiguresOfWeek:
    """Handled contacts of a week with what is routine, how far they can be trusted, and its reasons, most first.

    `missing_from` is the first open day at the end of the week without contacts; such a week is held against nothing.
    """

    week: Period
    missing_from: date | None
    contacts: int
    usual: Routine | None
    direction: str
    coverage: float
    other_share: float
    reasons: tuple[ReasonOfWeek, ...]

    @property
    def movers(self) -> tuple[ReasonOfWeek, ...]:
        """Reasons outside routine variation, the farthest from their mean first."""
        found = [reason for reason in self.reasons if reason.direction]
        return tuple(
            sorted(found, key=lambda reason: -abs(reason.contacts - (reason.usual.mean if reason.usual else 0)))
        )


def of_week(session: Session, week: Period, today: date) -> FiguresOfWeek | None:
    """Figures of a full week against the 13 weeks before, as far as these are counted; None without a contact."""
    counted = counting.finished_days(session, today)
    if counted is None or week.end <= counted[0]:
        return None
    start = max(week.start - rules.ROUTINE_WEEKS * ONE_WEEK, first_whole_week(counted[0]).start)
    mondays = [start + number * ONE_WEEK for number in range((week.end - start).days // 7)]
    if not mondays:
        return None
    tree = reasons.tree(session)
    weekly = _weekly(counting.handled_by_part(session, Period(start, week.end), mondays), tree)
    contacts = {monday: sum(series.get(monday, 0) for series in weekly.values()) for monday in mondays}
    if not contacts[week.start]:
        return None
    missing_from = _missing_from(week, counted[1], counting.opening(session))
    # A week without any contact is missing or the centre was closed: as a 0 it would widen what is routine.
    earlier = [] if missing_from else [monday for monday in mondays[:-1] if contacts[monday]]
    usual = rules.routine([contacts[monday] for monday in earlier])
    tagged = contacts[week.start] - weekly.get(UNTAGGED, {}).get(week.start, 0)
    found = [
        _reason(reason_id, series, tagged, earlier, week, tree) for reason_id, series in weekly.items() if reason_id
    ]
    return FiguresOfWeek(
        week=week,
        missing_from=missing_from,
        contacts=contacts[week.start],
        usual=usual,
        direction=rules.direction(contacts[week.start], usual),
        coverage=tagged / contacts[week.start],
        other_share=sum(reason.share for reason in found if tree.is_other(reason.id)),
        reasons=tuple(sorted(found, key=lambda reason: (-reason.contacts, reason.path))),
    )


def _missing_from(week: Period, last_counted: date, opening: Opening) -> date | None:
    return next((day for day in week if day > last_counted and opening.is_open(day)), None)


def _weekly(handled: Iterable[tuple[date, int, int]], tree: Tree) -> dict[int, dict[date, int]]:
    """Handled contacts of each reason, as it reads today, by week."""
    found: dict[int, dict[date, int]] = {}
    for monday, kept_id, contacts in handled:
        reason_id = tree.resolve(kept_id) if kept_id != UNTAGGED else UNTAGGED
        series = found.setdefault(reason_id, {})
        series[monday] = series.get(monday, 0) + contacts
    return found


def _reason(
    reason_id: int, series: Mapping[date, int], tagged: int, earlier: list[date], week: Period, tree: Tree
) -> ReasonOfWeek:
    contacts = series.get(week.start, 0)
    usual = rules.routine([series.get(monday, 0) for monday in earlier])
    share = contacts / tagged if tagged else 0.0
    return ReasonOfWeek(reason_id, tree.path(reason_id), contacts, share, usual, rules.direction(contacts, usual))

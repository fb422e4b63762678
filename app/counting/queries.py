"""Daily totals, added up as asked; opening days."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, case, cast, func, literal_column, or_, select
from sqlalchemy.orm import Session

from app.contacts import queries as contacts
from app.counting.imported import current
from app.counting.rules import UNTAGGED, Longer, Opening, Total
from app.counting.tables import ClosedDay, DailyTotal, ImportedTotal, OpenWeekday
from app.values.periods import DAYS_A_YEAR, ONE_DAY, Period, week_of


@dataclass(frozen=True, slots=True)
class Filter:
    """Which totals are asked for; None asks for all. Reason ids are taken as they are kept, so expand them first."""

    reason_ids: Collection[int] | None = None
    channels: Collection[str] | None = None
    source_ids: Collection[int] | None = None

    def conditions(self, period: Period) -> list[ColumnElement[bool]]:
        """What a total of the period must fulfil to be asked for."""
        asked = (
            (DailyTotal.reason_id, self.reason_ids),
            (DailyTotal.channel, self.channels),
            (DailyTotal.source_id, self.source_ids),
        )
        chosen = [column.in_(values) for column, values in asked if values is not None]
        return [DailyTotal.day >= period.start, DailyTotal.day < period.end, *chosen]


EVERYTHING = Filter()
OFFERED = DailyTotal.handled + DailyTotal.abandoned


def by_reason_and_channel(
    session: Session,
    period: Period,
    channels: Collection[str] | None = None,
    source_ids: Collection[int] | None = None,
    cuts: Sequence[date] = (),
) -> list[Total]:
    """Totals of a period by reason and channel, and by the parts into which `cuts` divide the period."""
    wanted = Filter(channels=channels, source_ids=source_ids)
    inside = sorted({cut for cut in cuts if period.start < cut < period.end})
    part = _part(inside).label("part")
    query = (
        select(part, DailyTotal.reason_id, DailyTotal.channel, *_sums())
        .where(*wanted.conditions(period))
        .group_by("part", DailyTotal.reason_id, DailyTotal.channel)
    )
    starts = [period.start, *inside]
    return [Total(starts[number], *figures) for number, *figures in session.execute(query)]


def handled_by_part(
    session: Session, period: Period, cuts: Sequence[date], wanted: Filter = EVERYTHING
) -> list[tuple[date, int, int]]:
    """Handled contacts of each reason in the parts into which `cuts` divide a period: first day, reason, contacts."""
    inside = sorted({cut for cut in cuts if period.start < cut < period.end})
    part = _part(inside).label("part")
    query = (
        select(part, DailyTotal.reason_id, _whole(DailyTotal.handled))
        .where(*wanted.conditions(period))
        .group_by("part", DailyTotal.reason_id)
    )
    starts = [period.start, *inside]
    return [(starts[number], reason_id, handled) for number, reason_id, handled in session.execute(query)]


def by_day(session: Session, period: Period, wanted: Filter = EVERYTHING) -> dict[date, Total]:
    """Totals of each day of a period that has contacts, all reasons and channels together."""
    query = (
        select(DailyTotal.day, *_sums())
        .where(*wanted.conditions(period))
        .group_by(DailyTotal.day)
        .order_by(DailyTotal.day)
    )
    return {day: Total(day, UNTAGGED, "", *figures) for day, *figures in session.execute(query)}


def weekly_handled(session: Session, period: Period, reason_ids: Collection[int] | None = None) -> dict[date, int]:
    """Handled contacts of each ISO week in a period, of these reasons or of all, by its Monday; 0 where none came."""
    found = {week_of(day).start: 0 for day in period}
    for day, total in by_day(session, period, Filter(reason_ids=reason_ids)).items():
        found[week_of(day).start] += total.handled
    return found


def untagged_by_channel(session: Session) -> dict[str, int]:
    """Handled contacts that have no reason yet, over all days; channels without any are left out."""
    query = (
        select(DailyTotal.channel, _whole(DailyTotal.handled))
        .where(DailyTotal.reason_id == UNTAGGED)
        .group_by(DailyTotal.channel)
    )
    return {channel: handled for channel, handled in session.execute(query) if handled}


def by_reason_channel_and_day(
    session: Session, period: Period, reason_ids: Collection[int]
) -> dict[tuple[int, str], dict[date, int]]:
    """Offered contacts of these reasons on each day of a period, each reason and channel by itself."""
    # Not grouped: sorting so many rows for the few days that have several sources costs more than adding them here.
    query = select(DailyTotal.reason_id, DailyTotal.channel, DailyTotal.day, OFFERED).where(
        *Filter(reason_ids=reason_ids).conditions(period)
    )
    found: dict[tuple[int, str], dict[date, int]] = {}
    for reason_id, channel, day, offered in session.connection().execute(query).all():
        days = found.setdefault((reason_id, channel), {})
        days[day] = days.get(day, 0) + offered
    return found


def known_by_day(session: Session, period: Period, channel_sets: Sequence[Collection[str]]) -> list[dict[date, int]]:
    """Offered contacts that carry a reason, by day, for each set of channels; an empty set stands for all.

    A day is there, in every answer, when it has any contact at all, on any channel and even untagged. One of which only
    totals of 0 were given is not: nobody calls at all only where nothing was recorded.
    """
    is_known = DailyTotal.reason_id != UNTAGGED
    asked = [and_(is_known, DailyTotal.channel.in_(channels)) if channels else is_known for channels in channel_sets]
    sums = [_whole(case((condition, OFFERED), else_=0)) for condition in asked]
    anything = _whole(OFFERED + DailyTotal.outbound)
    query = select(DailyTotal.day, *sums).where(*EVERYTHING.conditions(period))
    query = query.group_by(DailyTotal.day).having(anything > 0)
    found: list[dict[date, int]] = [{} for _ in channel_sets]
    for day, *figures in session.execute(query):
        for days, figure in zip(found, figures, strict=True):
            days[day] = figure
    return found


def has_figures_by_day(session: Session) -> bool:
    """Whether daily totals count figures, too, that came by the day and not as contacts."""
    return session.scalar(select(ImportedTotal.start).where(ImportedTotal.grain == "day").limit(1)) is not None


def first_and_last_day(session: Session) -> tuple[date, date] | None:
    """The first and the last day with counted contacts, also one that is not over yet."""
    first = session.scalar(select(func.min(DailyTotal.day)))
    last = session.scalar(select(func.max(DailyTotal.day)))
    return None if first is None or last is None else (first, last)


def by_whole_period(
    session: Session,
    period: Period,
    channels: Collection[str] | None = None,
    source_ids: Collection[int] | None = None,
) -> list[Total]:
    """Totals that came by the week or the month and lie whole in a period, by their first day, reason and channel."""
    inside = (ImportedTotal.start >= period.start, ImportedTotal.end <= period.end)
    one = current(*_longer(channels, source_ids), *inside).c
    timed = case((one.handle_seconds.is_not(None), one.contacts), else_=0)
    sums = [_whole(column) for column in (one.contacts, timed, func.coalesce(one.handle_seconds, 0))]
    query = select(one.start, one.reason_id, one.channel, *sums).group_by(one.start, one.reason_id, one.channel)
    return [
        Total(start, reason_id, channel, handled, 0, 0, timed_ones, seconds)
        for start, reason_id, channel, handled, timed_ones, seconds in session.execute(query)
    ]


def cut_totals(
    session: Session,
    period: Period,
    channels: Collection[str] | None = None,
    source_ids: Collection[int] | None = None,
) -> list[Longer]:
    """Totals that came by the week or the month and of which a period takes only a part, by source and first day."""
    overlaps = (ImportedTotal.start < period.end, ImportedTotal.end > period.start)
    is_cut = or_(ImportedTotal.start < period.start, ImportedTotal.end > period.end)
    query = (
        select(ImportedTotal.source_id, ImportedTotal.grain, ImportedTotal.start, ImportedTotal.end)
        .where(*_longer(channels, source_ids), *overlaps, is_cut)
        .distinct()
        .order_by(ImportedTotal.source_id, ImportedTotal.start)
    )
    found = session.execute(query).all()
    names = {source.id: source.name for source in contacts.sources(session)} if found else {}
    return [Longer(names[source_id], grain, Period(start, end)) for source_id, grain, start, end in found]


def _longer(channels: Collection[str] | None, source_ids: Collection[int] | None) -> list[ColumnElement[bool]]:
    asked = ((ImportedTotal.channel, channels), (ImportedTotal.source_id, source_ids))
    return [ImportedTotal.grain != "day", *(column.in_(values) for column, values in asked if values is not None)]


def first_and_last_day_of_longer_totals(session: Session) -> tuple[date, date] | None:
    """The first and the last day that totals by the week or the month cover."""
    longer = ImportedTotal.grain != "day"
    first = session.scalar(select(func.min(ImportedTotal.start)).where(longer))
    end = session.scalar(select(func.max(ImportedTotal.end)).where(longer))
    return None if first is None or end is None else (first, end - ONE_DAY)


def finished_days(session: Session, today: date) -> tuple[date, date] | None:
    """The first and the last counted day before today: a day that is not over would read as one with few contacts."""
    is_over = DailyTotal.day < today
    first = session.scalar(select(func.min(DailyTotal.day)).where(is_over))
    last = session.scalar(select(func.max(DailyTotal.day)).where(is_over))
    return None if first is None or last is None else (first, last)


def last_year(session: Session, today: date) -> Period | None:
    """The last 365 finished days that contacts reach into, fewer where there are fewer; none without contacts."""
    found = finished_days(session, today)
    if found is None:
        return None
    end = found[1] + ONE_DAY
    return Period(max(found[0], end - DAYS_A_YEAR * ONE_DAY), end)


def contacts_and_days(session: Session, reason_ids: Collection[int]) -> tuple[int, int]:
    """How many contacts of any kind these reasons have, and on how many days."""
    of_any_kind = DailyTotal.handled + DailyTotal.abandoned + DailyTotal.outbound
    query = select(_whole(of_any_kind), func.count(DailyTotal.day.distinct())).where(
        DailyTotal.reason_id.in_(reason_ids)
    )
    found, days = session.execute(query).one()
    return found or 0, days


def opening(session: Session) -> Opening:
    """When the centre takes contacts; a weekday that nobody has spoken of is open."""
    weekdays = session.execute(select(OpenWeekday.weekday, OpenWeekday.is_open))
    days = session.execute(select(ClosedDay.day, ClosedDay.name).order_by(ClosedDay.day))
    return Opening(
        frozenset(number for number, is_open in weekdays if not is_open), {row.day: row.name for row in days}
    )


def _part(cuts: Sequence[date]) -> ColumnElement[int]:
    """The number of the part that a day lies in."""
    last: ColumnElement[int] = literal_column(str(len(cuts)))
    if not cuts:
        return last
    return case(*((DailyTotal.day < cut, literal_column(str(number))) for number, cut in enumerate(cuts)), else_=last)


def _sums() -> list[ColumnElement[int]]:
    columns = (
        DailyTotal.handled,
        DailyTotal.abandoned,
        DailyTotal.outbound,
        DailyTotal.timed,
        DailyTotal.handle_seconds,
    )
    return [_whole(column) for column in columns]


def _whole(column: Any) -> ColumnElement[int]:  # noqa: ANN401
    """A sum as a whole number: PostgreSQL makes a decimal of a sum of large ones."""
    return cast(func.sum(column), BigInteger)

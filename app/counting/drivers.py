"""What contacts grow with, like orders or customers, by the day, the week or the month (T2)."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Subquery, func, select
from sqlalchemy.orm import Session

from app.counting.rules import gaps, period_from
from app.counting.tables import Driver, DriverValue
from app.values.errors import Missing
from app.values.periods import Period


@dataclass(frozen=True, slots=True)
class Known:
    """A driver, how many periods it is known for, the days from the first to the last, and what is missing between."""

    id: int
    name: str
    unit: str
    grain: str
    periods: int
    covers: Period
    missing: tuple[Period, ...]


def figures(session: Session, name: str, period: Period) -> dict[date, float]:
    """The driver's figures, each above 0, for those of its periods that lie whole in these days, by their first day.

    They are those of the driver's own grain, and a period that is not known is not there. Raises Missing.
    """
    driver = _driver(session, name)
    current = _current([driver.id])
    query = select(current.c.start, current.c.value).where(
        current.c.start >= period.start, current.c.start < period.end
    )
    return {
        start: value
        for start, value in session.execute(query.order_by(current.c.start))
        if period_from(driver.grain, start).end <= period.end
    }


def grain_of(session: Session, name: str) -> str:
    """How often the driver's figures come: day, week or month; raises Missing."""
    return _driver(session, name).grain


def names(session: Session) -> list[str]:
    """The drivers that have any figure, by name."""
    has_any = select(DriverValue.driver_id).distinct().subquery()
    return list(
        session.scalars(select(Driver.name).join(has_any, has_any.c.driver_id == Driver.id).order_by(Driver.name))
    )


def known(session: Session, is_expected: Callable[[date], bool]) -> list[Known]:
    """Every driver that has a figure, by name; of daily figures those of days that are not expected are not missed."""
    starts: dict[int, list[date]] = {}
    for driver_id, start in session.execute(select(DriverValue.driver_id, DriverValue.start).distinct()):
        starts.setdefault(driver_id, []).append(start)
    found = []
    for driver in session.scalars(select(Driver).where(Driver.id.in_(starts)).order_by(Driver.name)):
        own = starts[driver.id]
        covers = Period(min(own), period_from(driver.grain, max(own)).end)
        missed = tuple(gaps(driver.grain, own, is_expected))
        found.append(Known(driver.id, driver.name, driver.unit, driver.grain, len(own), covers, missed))
    return found


def figures_of(session: Session, driver_id: int) -> dict[date, float]:
    """All figures of a driver as they hold now, by the first day of their period."""
    current = _current([driver_id])
    return dict(session.execute(select(current.c.start, current.c.value)).all())


def _current(driver_ids: Collection[int]) -> Subquery:
    place = func.row_number().over(
        partition_by=(DriverValue.driver_id, DriverValue.start), order_by=DriverValue.file_id.desc()
    )
    versions = (
        select(DriverValue.start, DriverValue.value, place.label("place"))
        .where(DriverValue.driver_id.in_(driver_ids))
        .subquery()
    )
    return select(versions.c.start, versions.c.value).where(versions.c.place == 1).subquery()


def _driver(session: Session, name: str) -> Driver:
    found = session.scalar(select(Driver).where(Driver.name == name))
    if found is None:
        listed = ", ".join(names(session)) or "none yet"
        raise Missing(f"There is no driver “{name}”. Known are: {listed}.")
    return found

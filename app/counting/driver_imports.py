"""Files of drivers come in and are taken back; whatever a figure was before stays with the file that said it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Table, delete, func, insert, select
from sqlalchemy.orm import Session

from app.contacts.rules import Counts, Rejection
from app.counting import drivers, period_files
from app.counting.period_rows import DriverRow, Numbered, PeriodRows
from app.counting.rules import GRAIN_WORDS, GRAINS, grain_of, period_from, usual_weekday, wrong_start
from app.counting.tables import Driver, DriverValue
from app.db import hold_still
from app.people import trail
from app.people.rules import Actor
from app.values.errors import Refused
from app.values.figures import day as day_text
from app.values.figures import number
from app.values.lines import one_line

KIND = "drivers"
LONGEST_NAME, LONGEST_UNIT = 120, 60
MOST_DRIVERS = 200
TOLD_CHANGES = 50
Row = Numbered[DriverRow]


@dataclass(frozen=True, slots=True)
class DriverChoices:
    """What somebody says of a file: the driver where no column does, its unit, and how often its figures come."""

    driver: str = ""
    unit: str = ""
    grain: str | None = None


def take_in(session: Session, file: PeriodRows[DriverRow], choices: DriverChoices, *, by: Actor, at: datetime) -> int:
    """Keep what a file says of drivers; the id of the file. Raises Refused where it cannot be taken in as a whole.

    What is known already changes nothing, so the same file twice brings nothing new.
    """
    choices = _checked(choices)
    by_driver = _by_driver(file, choices.driver)
    hold_still(session, cast("Table", Driver.__table__))
    kept = period_files.begun(session, KIND, file, source_id=None, grain="", by=by, at=at)
    found = _Found(file.start_header, at.date())
    grains = set()
    for name, rows in by_driver.items():
        driver = _driver(session, name, choices, rows, at=at)
        grains.add(driver.grain)
        _keep(session, kept.id, driver, found.changed(driver, rows, drivers.figures_of(session, driver.id)))
    kept.grain = grains.pop() if len(grains) == 1 else ""
    rejections = sorted([*file.rejections, *found.rejections], key=lambda one: one.line)
    counts = found.counts + Counts(rejected=len(rejections), ignored=file.ignored)
    period_files.close(session, kept, counts, rejections, found.days)
    after = {**period_files.summary(kept), "drivers": sorted(by_driver), "figures": found.after}
    before = {"figures": found.before} if found.before else None
    trail.record(session, "drivers.imported", f"drivers file:{kept.id}", by=by, at=at, before=before, after=after)
    return kept.id


def remove(session: Session, file_id: int, *, by: Actor, at: datetime) -> int:
    """Take a file back: its figures go, and those that they had replaced hold again; how many went."""
    hold_still(session, cast("Table", Driver.__table__))
    kept = period_files.held(session, file_id, KIND)
    if kept.removed_at is not None:
        return 0
    own = DriverValue.file_id == file_id
    gone = session.scalar(select(func.count()).select_from(DriverValue).where(own)) or 0
    session.execute(delete(DriverValue).where(own))
    kept.removed_at = at
    before = period_files.summary(kept)
    trail.record(session, "drivers.taken_back", f"drivers file:{file_id}", by=by, at=at, before=before)
    return gone


@dataclass(slots=True)
class _Found:
    """Tells new, updated, unchanged and rejected rows apart, and keeps count; `before`, `after` are for the trail."""

    start_header: str
    today: date
    counts: Counts = field(default_factory=Counts)
    rejections: list[Rejection] = field(default_factory=list)
    days: list[date] = field(default_factory=list)
    before: dict[str, float] = field(default_factory=dict)
    after: dict[str, float] = field(default_factory=dict)

    def changed(self, driver: Driver, rows: Sequence[Row], known: dict[date, float]) -> dict[date, float]:
        """The figures that are new or other than before, by the first day of their period."""
        first: dict[date, Row] = {}
        changed: dict[date, float] = {}
        weekday = usual_weekday(list(known) or [row.item.start for row in rows])
        for row in rows:
            start, value = row.item.start, row.item.value
            if wrong := wrong_start(driver.grain, start, weekday, self.today):
                self.rejections.append(row.rejected(self.start_header, str(start), wrong))
            elif start in first:
                self._again(row, first[start])
            else:
                first[start] = row
                self.days += [start, period_from(driver.grain, start).last_day]
                self._count(f"{driver.name} {start}", known.get(start), value)
                if known.get(start) != value:
                    changed[start] = value
        return changed

    def _again(self, row: Row, first: Row) -> None:
        start = row.item.start
        if row.item.value == first.item.value:
            self.counts += Counts(ignored=1)
        else:
            sentence = f"Line {number(first.line)} says another figure for {day_text(start)}. Keep one of the two."
            self.rejections.append(row.rejected(self.start_header, str(start), sentence))

    def _count(self, name: str, before: float | None, value: float) -> None:
        if before is None:
            self.counts += Counts(new=1)
        elif before == value:
            self.counts += Counts(unchanged=1)
        else:
            self.counts += Counts(updated=1)
            if len(self.before) < TOLD_CHANGES:
                self.before[name], self.after[name] = before, value


def _checked(choices: DriverChoices) -> DriverChoices:
    name, unit = one_line(choices.driver), one_line(choices.unit)
    if len(name) > LONGEST_NAME:
        raise Refused(f"The name of the driver is longer than {LONGEST_NAME} letters. Shorten it.")
    if len(unit) > LONGEST_UNIT:
        raise Refused(f"The unit is longer than {LONGEST_UNIT} letters. Shorten it.")
    if choices.grain is not None and choices.grain not in GRAINS:
        raise Refused(f"“{choices.grain}” is no length of a period. Choose one of: {', '.join(GRAINS)}.")
    return DriverChoices(name, unit, choices.grain)


def _by_driver(file: PeriodRows[DriverRow], chosen: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in file.rows:
        name = row.item.driver or chosen
        if not name:
            raise Refused(
                f"Line {number(row.line)} does not say which driver it is about. Name the driver, like orders. "
                "Nothing was taken in."
            )
        found.setdefault(name, []).append(row)
    if len(found) > MOST_DRIVERS:
        raise Refused(f"The column “driver” holds more than {MOST_DRIVERS} names. Nothing was taken in.")
    return found


def _driver(session: Session, name: str, choices: DriverChoices, rows: Sequence[Row], *, at: datetime) -> Driver:
    """The driver with this name; while it has no figure, the file says how often they come."""
    driver = session.scalar(select(Driver).where(Driver.name == name))
    if driver is None:
        driver = Driver(name=name, unit="", grain=_grain(name, choices, rows), made_at=at)
        session.add(driver)
    elif session.scalar(select(DriverValue.start).where(DriverValue.driver_id == driver.id).limit(1)) is None:
        driver.grain = _grain(name, choices, rows)
    elif choices.grain not in {None, driver.grain}:
        raise Refused(
            f"The figures of “{name}” are {GRAIN_WORDS[driver.grain]}. Give the others a name of their own, or take "
            "back the files that brought these first. Nothing was taken in."
        )
    driver.unit = choices.unit or driver.unit
    session.flush()
    return driver


def _grain(name: str, choices: DriverChoices, rows: Sequence[Row]) -> str:
    found = choices.grain or grain_of([row.item.start for row in rows])
    if found is None:
        raise Refused(
            f"The file has one period of “{name}” only, so nobody can see how long it is. Choose day, week or month. "
            "Nothing was taken in."
        )
    return found


def _keep(session: Session, file_id: int, driver: Driver, changed: dict[date, float]) -> None:
    rows: list[dict[str, Any]] = [
        {"driver_id": driver.id, "start": start, "file_id": file_id, "value": value} for start, value in changed.items()
    ]
    if rows:
        session.execute(insert(DriverValue), rows)

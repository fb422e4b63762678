"""Tells the company's story from its first day to its last, each event at its time, through everybody's actions."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import groupby
from pathlib import Path
from random import Random

from sqlalchemy.orm import Session

from app.config import Settings
from app.contacts import importing
from app.contacts.rules import Choices
from app.counting.everything import count_everything
from app.db import Database
from app.demo import actions, company, rules, savings, standing, story
from app.demo.actions import World
from app.demo.company import BEA
from app.demo.rows import Desk, Row, write_file
from app.demo.rules import Calendar
from app.ledger import month_end
from app.measurement import placebo_runs
from app.people import passwords
from app.people.rules import Actor
from app.values.errors import Refused
from app.values.periods import ONE_DAY, next_month, week_of

SOURCE = "Contact desk"
FIRST_YEAR, LAST_YEAR = 1990, 2100
Progress = Callable[[int, int], None]
LEAST_OF_A_MONTH, LEAST_OF_A_WEEK = timedelta(days=10), timedelta(days=3)
MORNING, FORENOON, NOON, AFTERNOON = time(8, 30), time(10, 30), time(12, 0), time(15, 0)
EARLY, LATE = time(5, 0), time(23, 30)
MONTH_END = Actor(None, "month-end run")


@dataclass(frozen=True, order=True)
class Event:
    """Something that happened: at its time, and of those at the same time in the order in which they were told."""

    at: datetime
    number: int
    happens: Callable[[], object] = field(compare=False)


@dataclass
class Story:
    """The events still to be told, and where they are written down."""

    database: Database
    settings: Settings
    world: World
    events: list[Event] = field(default_factory=list)

    def tell(self, day: date, hour: time, happening: Callable[..., object], *details: object, **more: object) -> None:
        """Something that one person does in one transaction."""
        at = datetime.combine(day, hour, self.settings.timezone)

        def happens() -> None:
            self.database.write(lambda session: happening(session, self.world, *details, at=at, **more))

        self.events.append(Event(at, len(self.events), happens))

    def import_days(self, day: date, hour: time, path: Path) -> None:
        """A file of contacts that a lead takes in."""
        at = datetime.combine(day, hour, self.settings.timezone)

        def happens() -> None:
            bea, choices = self.world.people[BEA], Choices(SOURCE, "ours")
            importing.import_file(self.database, self.settings, path, choices, by=bea, at=at, now=lambda: at)
            count_everything(self.database)

        self.events.append(Event(at, len(self.events), happens))

    def measure(self, day: date, hour: time) -> None:
        """The month-end run; what it finds is claimed by the owners the same day."""
        at = datetime.combine(day, hour, self.settings.timezone)

        def happens() -> None:
            month_end.run(self.database, day, by=MONTH_END, at=at)

        self.events.append(Event(at, len(self.events), happens))

    def try_placebos(self, day: date, hour: time) -> None:
        """How often the method would have been wrong here."""
        at = datetime.combine(day, hour, self.settings.timezone)

        def happens() -> None:
            with self.database.reading() as session:
                found = placebo_runs.work_out(session, day)
            self.database.write(lambda session: placebo_runs.keep(session, found, day, by=MONTH_END, at=at))

        self.events.append(Event(at, len(self.events), happens))


def load(database: Database, settings: Settings, as_of: date, progress: Progress | None = None) -> bool:
    """Make the company, whose last contacts are of the day before `as_of`; False where it is here already.

    Refused in a database that holds anything else. Each event commits by itself, so a load that was stopped half-way
    stays and is refused from then on.
    """
    if not FIRST_YEAR <= as_of.year <= LAST_YEAR:
        message = f"{as_of} is too far away for a demo. Choose a day between {FIRST_YEAR} and {LAST_YEAR}."
        raise Refused(message)
    with database.reading() as session:
        if _is_here(session):
            return False
    world = World(Calendar(as_of), settings.currency, {}, {}, {}, {})
    told = Story(database, settings, world)
    with tempfile.TemporaryDirectory() as folder:
        _tell_beginning(told)
        _tell_contacts(told, Path(folder))
        _tell_initiatives(told)
        _tell_meetings(told)
        _tell_savings(told)
        told.tell(as_of - ONE_DAY, LATE, actions.end_story)
        for number, event in enumerate(sorted(told.events)):
            event.happens()
            if progress is not None:
                progress(number + 1, len(told.events))
    return True


def _is_here(session: Session) -> bool:
    found = standing.standing(session)
    if found.as_of is not None:
        return True
    if found.is_begun:
        message = (
            "An earlier load of the demo was stopped half-way. Nothing was changed. Empty the database with "
            "“flask db downgrade base” and “flask db upgrade”, then load the demo again."
        )
        raise Refused(message)
    if found.is_used_otherwise:
        message = (
            "This database holds people or contacts already, and the demo would mix with them. Nothing was changed. "
            "Name an empty database in DATABASE_URL, or another folder in TRACKER_INSTANCE."
        )
        raise Refused(message)
    return False


def _tell_beginning(told: Story) -> None:
    calendar = told.world.calendar
    first = calendar.ago(story.BEGAN_DAYS_AGO)
    password_hash = passwords.make_hash(company.PASSWORD, company.PEOPLE[0].email)
    told.tell(first, MORNING, actions.found_company, password_hash)
    told.tell(first, MORNING, actions.open_centre)
    told.tell(first, MORNING, actions.plant_reasons)
    for rate in company.RATES:
        valid_from = max((calendar.as_of - timedelta(days=rate.days_ago)).replace(day=1), calendar.period.start)
        told.tell(max(first, valid_from), NOON, actions.set_rate, rate, valid_from)
    told.tell(first, AFTERNOON, actions.set_goal, today=first)
    for days_ago, happening in (
        (story.ASKED_DAYS_AGO, actions.make_ask),
        (story.AGREED_DAYS_AGO, actions.agree_to_ask),
    ):
        day = calendar.ago(days_ago)
        told.tell(day, AFTERNOON, happening, today=day)


def _tell_contacts(told: Story, folder: Path) -> None:
    calendar = told.world.calendar
    random = Random(rules.SEED)
    closed = company.holidays(calendar.period.start, calendar.period.end)
    volumes = rules.volumes(calendar.period, company.REASONS, story.effects(calendar), closed, random)
    desk = Desk(calendar.as_of, told.settings.timezone, random, {plan.path: plan for plan in company.REASONS})
    ends = list(_file_ends(calendar))
    for end, of_file in groupby(desk.days(volumes), key=lambda of_day: next(end for end in ends if of_day[0] < end)):
        days: list[tuple[date, list[Row]]] = list(of_file)
        path = folder / f"contacts-to-{days[-1][0]}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            write_file(file, (row for _, rows in days for row in rows))
        if end == calendar.as_of:
            told.import_days(end - ONE_DAY, LATE, path)
        else:
            told.import_days(end, FORENOON if len(days) > 31 else MORNING, path)


def _file_ends(calendar: Calendar) -> Iterator[date]:
    """Where a file of contacts ends: the history on the first day, then every month, at last every Monday."""
    end = calendar.ago(story.BEGAN_DAYS_AGO)
    while end < calendar.as_of:
        yield end
        following = next_month(end + LEAST_OF_A_MONTH)
        end = following if following < calendar.as_of else week_of(end + LEAST_OF_A_WEEK).end
    yield calendar.as_of


def _tell_initiatives(told: Story) -> None:
    calendar = told.world.calendar
    for plan in story.INITIATIVES:
        for stage, days_ago in plan.stages:
            day = calendar.ago(days_ago)
            if stage == "idea":
                told.tell(day, FORENOON, actions.start_initiative, plan, today=day)
            else:
                hour = AFTERNOON if stage == "approved" else FORENOON
                told.tell(day, hour, actions.move_initiative, plan, stage, today=day)


def _tell_savings(told: Story) -> None:
    calendar = told.world.calendar
    for plan in story.INITIATIVES:
        if plan.is_live:
            frozen_on = calendar.ago(dict(plan.stages)["progress"]) + ONE_DAY
            told.tell(frozen_on, FORENOON, savings.freeze_plan, plan, today=frozen_on)
    told.tell(calendar.ago(story.OUTAGE_DAYS_AGO - 2), NOON, savings.report_outage)
    worked = story.INITIATIVES[0]
    month = next_month(calendar.ago(story.WORKED_DAYS_AGO))
    while month < calendar.as_of:
        # On the second of a month the file with the last days of the one before is there.
        if (day := month + ONE_DAY) < calendar.as_of:
            told.measure(day, EARLY)
            told.tell(day, AFTERNOON, savings.claim_savings, worked)
        month = next_month(month)
    for days_ago in story.SIGNED_DAYS_AGO:
        day = calendar.ago(days_ago)
        told.tell(day, NOON, savings.sign_savings, today=day)
    told.try_placebos(calendar.as_of - ONE_DAY, EARLY)


def _tell_meetings(told: Story) -> None:
    calendar = told.world.calendar
    for plan in story.MEETINGS:
        day = calendar.ago(7 * plan.weeks_ago)
        told.tell(day, NOON, actions.hold_meeting, plan, today=day)
        for action in plan.actions:
            if action.done_days is not None:
                done_on = day + timedelta(days=action.done_days)
                told.tell(done_on, AFTERNOON, actions.tick_off, action.words, today=done_on)

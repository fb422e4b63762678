"""How a page reads and writes: one reading session a request, one short transaction a change."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, datetime
from typing import TypeVar, cast

from flask import current_app, g
from flask_login import current_user
from sqlalchemy.orm import Session

from app import clock
from app.config import Settings
from app.counting import everything
from app.db import Database
from app.jobs import Jobs
from app.people.rules import Actor

Result = TypeVar("Result")


def settings() -> Settings:
    """What this installation decided."""
    return cast("Settings", current_app.extensions["settings"])


def database() -> Database:
    """The installation's database."""
    return cast("Database", current_app.extensions["database"])


def jobs() -> Jobs:
    """The queue of what the worker does."""
    return cast("Jobs", current_app.extensions["jobs"])


def reading() -> Session:
    """This request's reading session, opened once and closed with the request."""
    if "reading" not in g:
        g.reading_stack = ExitStack()
        g.reading = g.reading_stack.enter_context(database().reading())
    return cast("Session", g.reading)


def write(work: Callable[[Session], Result]) -> Result:
    """Do one unit of work in a transaction of its own; what was read before is forgotten."""
    close_reading()
    return database().write(work)


def write_and_count(work: Callable[[Session], Result]) -> Result:
    """Do one unit of work that changes contacts, then count the days that it touched, so that totals follow at once."""

    def noted(session: Session) -> tuple[Result, set[date]]:
        before = everything.marks(session)
        result = work(session)
        after = everything.marks(session)
        return result, {day for day, marks in after.items() if marks != before.get(day)}

    result, days = write(noted)
    if days:
        everything.count_everything(database(), only=days)
    return result


def close_reading(_error: BaseException | None = None) -> None:
    """Give the reading session back."""
    stack = g.pop("reading_stack", None)
    g.pop("reading", None)
    if stack is not None:
        stack.close()


def me() -> Actor:
    """The signed-in person as the trail names them."""
    return Actor(current_user.id, current_user.name)


def now() -> datetime:
    """The present moment, the same for the whole request."""
    if "now" not in g:
        g.now = clock.now()
    return cast("datetime", g.now)


def today() -> date:
    """The calendar day at the installation."""
    return now().astimezone(settings().timezone).date()

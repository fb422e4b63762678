"""The month-end run: what is due is measured, kept and booked, one initiative and month after the other.

Clauses R1 - R3 of docs/methods.md. Measuring reads only; each result is kept in one short transaction, and each
initiative is booked in one, so a run that is stopped has done whole months, and the next one goes on behind them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from app.db import Database
from app.initiatives import queries as initiatives
from app.ledger.month_booking import book_months
from app.measurement import monthly
from app.measurement.monthly import Due
from app.people.rules import Actor
from app.values.errors import Refused

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Done:
    """One month-end: the measurement that was kept, or the sentence that says why there is none."""

    initiative_id: int
    month: date
    measurement_id: int | None
    sentence: str = ""


def run(
    database: Database,
    as_of: date,
    *,
    by: Actor,
    at: datetime,
    initiative_id: int | None = None,
    progress: Progress | None = None,
) -> list[Done]:
    """Measure and book every month-end before a day; what was done already is left alone."""
    with database.reading() as session:
        those = monthly.due(session, as_of, initiative_id)
    done = []
    for number, one in enumerate(those, start=1):
        done.append(_measured(database, one, by=by, at=at))
        if progress is not None:
            progress(number, len(those))
    _book(database, as_of, initiative_id, by=by, at=at)
    return done


def _book(database: Database, as_of: date, initiative_id: int | None, *, by: Actor, at: datetime) -> None:
    """Book every initiative, also one whose last run was stopped before it was booked."""
    with database.reading() as session:
        known = [one.id for one in initiatives.initiatives(session)]
    for one in known if initiative_id is None else [initiative_id]:
        database.write(partial(book_months, initiative_id=one, by=by, at=at, today=as_of))


def _measured(database: Database, one: Due, *, by: Actor, at: datetime) -> Done:
    try:
        with database.reading() as session:
            found = monthly.find(session, one)
    except Refused as error:
        return Done(one.planned.known.id, one.month, None, error.sentence)

    measurement_id = database.write(lambda session: monthly.keep(session, found, by=by, at=at))
    return Done(one.planned.known.id, one.month, measurement_id)

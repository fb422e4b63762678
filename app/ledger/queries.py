"""The goal, and everything that stands against it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.initiatives import queries as initiatives
from app.initiatives.queries import Known
from app.initiatives.rules import PROMISED
from app.ledger import entry_queries, positions, rules
from app.ledger.positions import Position
from app.ledger.rules import SIGNED_LEVELS, Amount, Entry, Month, Rung, Yearly
from app.ledger.tables import Goal
from app.measurement import queries as measurement
from app.measurement.queries import Measured
from app.values.money import Money
from app.values.periods import Period


@dataclass(frozen=True)
class Line:
    """One initiative with its figures."""

    known: Known
    measured: Measured | None
    position: Position | None = None

    @property
    def projected(self) -> Yearly | None:
        """What it was promised to save a year."""
        promised = self.known.promised
        return None if promised is None else Yearly(promised.figures.likely.contacts_year, self.known.saving_year)

    @property
    def realised(self) -> Yearly | None:
        """What it saves a year as far as measured; indicative."""
        if self.measured is None or self.measured.contacts_year is None:
            return None
        return Yearly(self.measured.contacts_year, self.measured.saving_year)

    @property
    def entry(self) -> Entry:
        """What the ladder asks of it."""
        booked = self.position
        of_ledger = (booked.measured, booked.validated) if booked else (None, None)
        return Entry(self.known.id, self.known.stage, self.projected, self.realised, *of_ledger)

    def projected_in(self, period: Period) -> Amount | None:
        """What it was promised to save in a period by the calendar; nothing before its approval."""
        frozen = self.known.frozen
        return frozen.likely_in(period) if frozen and self.known.stage in PROMISED else None

    def realised_in(self, month: Period) -> Amount | None:
        """What was measured in a calendar month; nothing where no day of it was compared."""
        parts = self.measured.figures.months if self.measured else ()
        first = month.start.replace(day=1)
        found = next((part for part in parts if part.period.start.replace(day=1) == first), None)
        return (found.avoided, found.saving_minor) if found and found.days_used else None

    @property
    def promised(self) -> Amount | None:
        """Contacts and minor units that its projection held for the days that were measured, counted from go-live.

        A late start is no smaller effect, so the ramp begins with the go-live and not with the day that was planned.
        """
        frozen, figures = self.known.frozen, self.measured and self.measured.figures
        if frozen is None or self.measured is None or not figures or not figures.days_used:
            return None
        measured_share = Fraction(figures.days_used, figures.open_days)
        contacts, minor = frozen.likely_after(self.measured.since.days)
        return contacts * measured_share, None if minor is None else minor * measured_share

    @property
    def pace(self) -> Fraction | None:
        """Measured over promised on the same days (M7): in money where that is known, else in contacts."""
        whole, promised = self.measured and self.measured.figures.whole, self.promised
        if not whole or promised is None:
            return None
        contacts, minor = promised
        if minor and whole.saving_minor is not None:
            return whole.saving_minor / minor
        return whole.avoided / contacts if contacts else None


@dataclass(frozen=True)
class Savings:
    """The goal, the ladder to it, its months, and the initiatives by money, largest first.

    `ladder` ends with what is measured as an indication; `signed` with what the ledger holds measured and validated.
    """

    goal: rules.Goal
    ladder: tuple[Rung, ...]
    signed: tuple[Rung, ...]
    months: tuple[Month, ...]
    lines: tuple[Line, ...]


def goal(session: Session, currency: str, on: date) -> rules.Goal:
    """The goal that holds on a day; the founding one until somebody has set it."""
    held = [one for one in goals(session) if one.valid_from is not None and one.valid_from <= on]
    return held[0] if held else rules.default_goal(currency)


def goals(session: Session) -> list[rules.Goal]:
    """Every goal that was set, the newest first."""
    return [
        rules.Goal(row.contacts, Money(row.cost_per_contact_minor, row.currency), row.valid_from, row.recorded_by)
        for row in session.scalars(select(Goal).order_by(Goal.valid_from.desc()))
    ]


def lines(session: Session, today: date, fiscal_year_start: int = 1) -> list[Line]:
    """All initiatives by the money that they stand for, largest first; then by contacts, then by age."""
    known = initiatives.initiatives(session)
    found = measurement.measured(session, known, today)
    booked = held(session, today, fiscal_year_start)
    return sorted((Line(one, found.get(one.id), booked.get(one.id)) for one in known), key=_by_money)


def held(session: Session, today: date, fiscal_year_start: int = 1) -> Mapping[int, Position]:
    """What the ledger holds of each initiative; nothing while nothing is booked."""
    stands = entry_queries.standing(session)
    currency = stands[0].facts.amount.currency if stands else ""
    return positions.positions(stands, today, fiscal_year_start, currency)


def reached(session: Session, level: str, today: date) -> frozenset[int]:
    """The initiatives that count on a level of either ladder."""
    return frozenset(one.known.id for one in lines(session, today) if rules.has_reached(one.entry, level))


def line(session: Session, initiative_id: int, today: date) -> Line:
    """One initiative; raises Missing."""
    known = initiatives.initiative(session, initiative_id)
    measured = measurement.measured(session, [known], today).get(initiative_id)
    return Line(known, measured, held(session, today).get(initiative_id))


def savings(session: Session, currency: str, today: date, fiscal_year_start: int = 1) -> Savings:
    """Everything that the savings page shows."""
    found = lines(session, today, fiscal_year_start)
    entries = [line.entry for line in found]
    ladder, signed = rules.ladder(entries, currency), rules.ladder(entries, currency, SIGNED_LEVELS)
    months = tuple(_months(found, currency, today))
    return Savings(goal(session, currency, today), ladder, signed, months, tuple(found))


def _by_money(line: Line) -> tuple[int, int, int]:
    projected = line.projected
    money = projected.money.amount_minor if projected and projected.money else -1
    return (-money, -(projected.contacts if projected else -1), line.known.id)


def _months(found: Sequence[Line], currency: str, today: date) -> Iterator[Month]:
    starts = [line.known.frozen.terms.starts_on for line in found if line.known.stage in PROMISED and line.known.frozen]
    starts += [line.measured.since.start for line in found if line.measured]
    until = max((line.measured.since.end for line in found if line.measured), default=today)
    for period in rules.months_shown(min(starts), until) if starts else ():
        projected = [amount for line in found if (amount := line.projected_in(period))]
        realised = [amount for line in found if (amount := line.realised_in(period))]
        yield rules.month(period, projected, realised, currency)

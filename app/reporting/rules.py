"""What the ask says: the few reasons at the top, and the goal as a part of them."""

from dataclasses import dataclass
from fractions import Fraction

from app.values.errors import Refused
from app.values.lines import one_line
from app.values.money import Money
from app.values.periods import DAYS_A_YEAR

TOP_REASONS = 10
USUAL_HOURS = 2
MOST_HOURS = 40
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Top:
    """One of the top reasons: contacts and cost in the period, its share, and whose it is."""

    reason_id: int
    text: str
    contacts: int
    share: float
    cost: Money | None
    owner: str | None


@dataclass(frozen=True, slots=True)
class Director:
    """Somebody who gives hours a week."""

    name: str
    department: str
    hours_a_week: int


@dataclass(frozen=True, slots=True)
class Part:
    """The goal as a part of the top reasons' contacts in a year; None where there are none."""

    contacts_year: int
    share: Fraction | None


def part_of(goal_contacts: int, top: list[Top], days: int) -> Part:
    """How much of what the top reasons bring in a year (365 days) the goal would take away."""
    year = round(Fraction(sum(one.contacts for one in top) * DAYS_A_YEAR, days))
    return Part(year, Fraction(goal_contacts, year) if year else None)


def director(name: str, department: str, hours_a_week: int) -> Director:
    """A director as written down; raises Refused with a sentence."""
    tidy = Director(one_line(name), one_line(department), hours_a_week)
    if not tidy.name:
        message = "Write the director's name. Nobody was added."
        raise Refused(message)
    if max(len(tidy.name), len(tidy.department)) > LONGEST_NAME:
        message = f"Name and department have {LONGEST_NAME} letters at most. Nobody was added."
        raise Refused(message)
    if not 1 <= hours_a_week <= MOST_HOURS:
        message = f"Hours a week lie between 1 and {MOST_HOURS}. Nobody was added."
        raise Refused(message)
    return tidy

"""What the ranking found, as sentences."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.ranking.rules import Finding, Ranked, Ranking
from app.values.figures import MINUS, counted, number, share
from app.values.money import money_text
from app.values.periods import Period, week_name

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
DAYS_A_WEEK = 7
NAMED = 3
WHOLES = {"contacts": "contacts", "cost": "the cost", "minutes": "the handle time"}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with the figure that it is about."""

    before: str
    figure: str
    after: str


def finding(ranking: Ranking, found: Finding) -> Sentence:
    """Three reasons make 52 % of contacts."""
    period = ranking.question.period
    if not ranking.contacts:
        return Sentence(f"No contacts came in {length(period)}.", "", "")
    if not ranking.total.contacts:
        return Sentence("None of these contacts has a reason that is asked for.", "", "")
    if found.share is None:
        return Sentence(f"Nothing is known yet of {WHOLES[ranking.question.by]} of these contacts.", "", "")
    whole = WHOLES[ranking.question.by]
    if len(found.rows) == len(ranking.rows) == 1:
        return Sentence(f"One reason makes all of {whole}.", "", "")
    count = _number(len(found.rows))
    if found.reaches_half:
        verb = "reason makes" if len(found.rows) == 1 else "reasons make"
        return Sentence(f"{count.capitalize()} {verb} ", share(found.share), f" of {whole}.")
    return Sentence(f"The {count} largest reasons make ", share(found.share), f" of {whole}.")


def lede(ranking: Ranking, found: Finding) -> str:
    """Which ones they are, how many contacts they brought, and what they cost a year."""
    if not found.rows:
        return ""
    total = sum((row.figures for row in found.rows[1:]), found.rows[0].figures)
    of_all = f"{number(total.contacts)} of {counted(ranking.total.contacts, 'tagged contact')}"
    sentence = f"{_names(found.rows)} brought {of_all} in {length(ranking.question.period)}."
    cost = ranking.yearly_cost_of(total)
    if cost is None:
        return sentence
    subject = "It costs" if len(found.rows) == 1 else "Together they cost"
    return f"{sentence} {subject} {money_text(cost)} a year."


def length(period: Period) -> str:
    """Seven weeks, or 10 days."""
    weeks, days = divmod(period.days, DAYS_A_WEEK)
    if days or period.start.weekday():
        return "one day" if period.days == 1 else f"{period.days}\u00a0days"
    return "one week" if weeks == 1 else f"{_number(weeks)} weeks"


def name(period: Period) -> str:
    """The ISO weeks of a period, where it is made of whole ones: 2026-W40 to 2026-W46; else nothing."""
    if period.start.weekday() or period.days % DAYS_A_WEEK:
        return ""
    first, last = week_name(period.start), week_name(period.last_day)
    return first if first == last else f"{first} to {last}"


def change(growth: float | None) -> str:
    """A growth like +12 % or -3 %; a long way up as a factor."""
    if growth is None:
        return ""
    return f"{growth * 100:+.0f}\u00a0%".replace("-", MINUS) if round(growth * 100) else "0\u00a0%"


def _number(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else number(count)


def _names(rows: Sequence[Ranked]) -> str:
    names = [f"“{row.name}”" for row in rows]
    if len(names) > NAMED + 1:
        rest = len(names) - NAMED
        return f"{', '.join(names[:NAMED])} and {_number(rest)} more"
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} and {names[-1]}"

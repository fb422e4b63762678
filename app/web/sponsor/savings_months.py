"""One month of the savings page by initiative, and all its months as CSV: booked where measured, else indicative."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from app.initiatives.queries import Known
from app.initiatives.rules import STAGE_NAMES
from app.ledger import entry_queries, queries, rules, way
from app.ledger.entries import Recorded
from app.ledger.queries import Line, Savings
from app.ledger.rules import Month
from app.ledger.way import Reached
from app.measurement import plan_queries
from app.values import csv_text
from app.values.errors import Missing
from app.values.money import Money
from app.values.periods import Period, month_of
from app.web import work
from app.web.access import SUPERVISORS, allow
from app.web.sponsor.blueprint import pages

FIRST_YEAR, LAST_YEAR = 1980, 2199
CSV_COLUMNS = (
    "month", "from", "up_to_not_including", "projected_contacts", "projected_minor", "projected_a_year_minor",
    "forecast_minor", "realised_minor", "realised_a_year_minor", "validated_minor", "validated_a_year_minor",
    "cash_realised_minor", "cash_validated_minor", "indicative_contacts", "indicative_minor",
    "indicative_a_year_minor", "currency",
)  # fmt: skip


@dataclass(frozen=True)
class Share:
    """What one initiative adds to a month; `month.realised` is its indication, none where it is booked."""

    known: Known
    month: Month
    booked: Reached
    is_looked_at: bool


@dataclass(frozen=True)
class Shown:
    """The savings as the page shows them, with what the ledger holds.

    While nothing is measured by a frozen plan the months are those of the indication, the last one cut.
    """

    found: Savings
    months: tuple[Month, ...]
    booked: tuple[Reached, ...]
    stands: tuple[Recorded, ...]
    looked_ids: frozenset[int]


@pages.get("/savings.csv")
@allow(*SUPERVISORS)
def savings_csv() -> ResponseReturnValue:
    """The months of the savings page."""
    headers = {"Content-Disposition": f'attachment; filename="savings-{work.today()}.csv"'}
    return Response(_csv(_shown()), mimetype="text/csv", headers=headers)


@pages.get("/savings/months/<month>")
@allow(*SUPERVISORS)
def savings_month(month: str) -> ResponseReturnValue:
    """What each initiative adds to one month."""
    wanted, shown = _month(month), _shown()
    place = next((place for place, one in enumerate(shown.months) if one.period.start == wanted.start), None)
    if place is None:
        message = f"{wanted.start:%B %Y} is not on the savings page, which begins with the first saving."
        raise Missing(message)
    shares = [_share(line, shown, shown.months[place].period) for line in shown.found.lines]
    return render_template(
        "sponsor/savings_month_booked.html" if shown.looked_ids else "sponsor/savings_month.html",
        shown=shown.months[place],
        booked=shown.booked[place],
        name=rules.month_name(shown.months[place].period),
        address=f"{wanted.start:%Y-%m}",
        shares=[share for share in shares if share is not None],
        stages=STAGE_NAMES,
    )


def _shown() -> Shown:
    db, settings = work.reading(), work.settings()
    found = queries.savings(db, settings.currency, work.today(), settings.fiscal_year_start)
    looked = plan_queries.measured_ids(db)
    months = way.whole_months(found, looked) if looked else found.months
    stands = tuple(entry_queries.standing(db)) if looked else ()
    booked = way.reached(stands, [month.period for month in months], settings.currency)
    return Shown(found, months, booked, stands, looked)


def _month(text: str) -> Period:
    found = re.fullmatch(r"(\d{4})-(\d{1,2})", text, re.ASCII)
    if found and FIRST_YEAR <= int(found[1]) <= LAST_YEAR and 1 <= int(found[2]) <= 12:  # noqa: PLR2004
        return month_of(date(int(found[1]), int(found[2]), 1))
    message = f"“{text}” is no month. Write it like 2026-09."
    raise Missing(message)


def _share(line: Line, shown: Shown, period: Period) -> Share | None:
    currency, known = shown.found.goal.money.currency, line.known
    projected = line.projected_in(period)
    realised = None if known.id in shown.looked_ids else line.realised_in(period)
    mine = [one for one in shown.stands if one.facts.initiative_id == known.id]
    (booked,) = way.reached(mine, [period], currency)
    if not (projected and projected[0]) and realised is None and not booked.is_booked:
        return None
    month = rules.month(period, [projected] if projected else [], [realised] if realised else [], currency)
    is_looked_at = any(one.facts.result_id and one.facts.month == month_of(period.start).start for one in mine)
    return Share(known, month, booked, is_looked_at)


def _csv(shown: Shown) -> Iterator[str]:
    yield csv_text.line(CSV_COLUMNS)
    for month, booked in zip(shown.months, shown.booked, strict=True):
        figures = _figures(month, booked)
        row = {
            "month": f"{month.period.start:%Y-%m}",
            "from": month.period.start,
            "up_to_not_including": month.period.end,
            "projected_contacts": month.projected_contacts,
            "indicative_contacts": month.realised_contacts,
            "currency": shown.found.goal.money.currency,
            **{name: None if money is None else money.amount_minor for name, money in figures.items()},
        }
        yield csv_text.line([row[name] for name in CSV_COLUMNS])


def _figures(month: Month, booked: Reached) -> Mapping[str, Money | None]:
    return {
        "projected_minor": month.projected,
        "projected_a_year_minor": month.year_of(month.projected),
        "forecast_minor": booked.forecast,
        "realised_minor": booked.realised,
        "realised_a_year_minor": booked.realised_year,
        "validated_minor": booked.validated,
        "validated_a_year_minor": booked.validated_year,
        "cash_realised_minor": booked.cash,
        "cash_validated_minor": booked.cash_validated,
        "indicative_minor": month.realised,
        "indicative_a_year_minor": month.year_of(month.realised),
    }

"""What an initiative's page shows of its last measurement and of what was booked and signed month by month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from markupsafe import Markup
from sqlalchemy.orm import Session

from app import charts
from app.ledger import calculations, decay, entry_queries
from app.ledger.calculations import Calculation
from app.ledger.entries import REALISED, VALIDATED
from app.ledger.queries import Line
from app.ledger.rules import CAPACITY
from app.measurement import kept_series, plan_queries
from app.values.money import Money
from app.web.sponsor import calculation_chart, calculation_words, savings_measured, savings_notes
from app.web.team.initiative_words import Finding, Judgement

GRAIN_NAMES = {"day": "Days", "week": "Weeks", "month": "Months"}


@dataclass(frozen=True)
class Shown:
    """The last measurement with its chart, by days, weeks or months, and how it stands."""

    found: Calculation
    finding: Finding
    judgement: Judgement | None
    state_kind: str
    chart: Markup
    every: str
    every_names: Mapping[str, str]
    losing: str


@dataclass(frozen=True, slots=True)
class Booked:
    """What the ledger holds of one month; None where nothing is."""

    realised: Money | None = None
    validated: Money | None = None


def shown(session: Session, line: Line, asked: str, timezone: ZoneInfo) -> Shown | None:
    """The last measurement; None where nothing was measured by a frozen plan yet."""
    look = plan_queries.latest(session).get(line.known.id)
    if look is None:
        return None
    found = calculations.calculation(session, line.known.id, look.month)
    grains = kept_series.grains(look.figures)
    every = asked if asked in grains else calculation_chart.usual_grain(found)
    spells = kept_series.spells(look.figures, every)
    earlier = kept_series.earlier(session, found.plan.terms, look.figures)
    return Shown(
        found=found,
        finding=calculation_words.finding(found),
        judgement=savings_measured.risk(line, look, lambda _: None),
        state_kind=calculation_words.state_kind(look.state),
        chart=charts.observed_expected(calculation_chart.contacts(found, spells, every, earlier)),
        every=every,
        every_names={name: GRAIN_NAMES[name] for name in grains},
        losing=" ".join(
            map(savings_notes.losing, decay.decays(session, [line.known], {look.initiative_id: look}, timezone))
        ),
    )


def booked(session: Session, initiative_id: int, months: Sequence[date]) -> dict[date, Booked]:
    """Capacity that is booked and signed in each of these months, named by their first days."""
    stands = [one.facts for one in entry_queries.standing(session, {initiative_id}) if one.facts.column == CAPACITY]
    amounts = {(one.month, one.kind): one.amount for one in stands}
    return {month: Booked(amounts.get((month, REALISED)), amounts.get((month, VALIDATED))) for month in months}

"""Everything against the goal."""

from flask import Response

from app.ledger import queries
from app.ledger.rules import Goal, Month, Rung
from app.web import work
from app.web.programs import answers, asked
from app.web.programs.asked import AskedNothing
from app.web.programs.told import GoalTold, Money, MonthTold, RungTold, Scorecard


def answer() -> Response:
    """The goal, the ladder to it, what is signed, and the months."""
    asked.read(AskedNothing)
    settings = work.settings()
    found = queries.savings(work.reading(), settings.currency, work.today(), settings.fiscal_year_start)
    card = Scorecard(
        as_of=work.today(),
        goal=_goal(found.goal),
        ladder=[_rung(rung, found.goal) for rung in found.ladder],
        signed=[_rung(rung, found.goal) for rung in found.signed],
        months=[_month(month) for month in found.months],
    )
    return answers.read(card.model_dump_json())


def _goal(goal: Goal) -> GoalTold:
    return GoalTold(
        contacts=goal.contacts,
        cost_per_contact=Money(
            amount_minor=goal.cost_per_contact.amount_minor, currency=goal.cost_per_contact.currency
        ),
        money=Money(amount_minor=goal.money.amount_minor, currency=goal.money.currency),
        valid_from=goal.valid_from,
    )


def _rung(rung: Rung, goal: Goal) -> RungTold:
    return RungTold(
        level=rung.level,
        initiatives=list(rung.initiative_ids),
        contacts=rung.contacts,
        money=Money.of(rung.money) if rung.is_priced else None,
        share_of_goal=float(rung.share_of(goal)),
    )


def _month(month: Month) -> MonthTold:
    return MonthTold(
        start=month.period.start,
        end=month.period.end,
        projected_contacts=month.projected_contacts,
        projected=Money.of(month.projected),
        realised_contacts=month.realised_contacts,
        realised=Money.of(month.realised),
    )

"""Where each step of a calculation was made: the pages that a doubting reader opens next."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from flask import url_for
from flask_login import current_user

from app.initiatives.queries import Known
from app.ledger.calculations import Calculation
from app.measurement.netting import (
    DISBENEFITS,
    HEADLINE,
    HOURS,
    MINUTES,
    ONE_OFF,
    OVERLAP,
    RATES,
    RELABELLED,
    REPEATS,
    RUNNING,
    SHIFT,
)
from app.measurement.plan_queries import Change
from app.reasons.rules import Tree
from app.reporting.excluded import Left

RATE_READERS = ("finance", "admin")


class Link(NamedTuple):
    """Words and the page that they lead to."""

    text: str
    href: str


def of_steps(found: Calculation, tree: Tree, overlaps: Sequence[Known]) -> dict[str, list[Link]]:
    """The pages behind each step, the nearest first."""
    contacts = contacts_of(found, tree)
    plan = Link(f"plan {found.plan.number}", plan_page(found))
    rates = [Link("rates", url_for("admin.rates"))] if current_user.may(*RATE_READERS) else []
    costs = Link("costs", url_for("team.initiative_costs", initiative_id=found.known.id))
    projection = Link("projection", url_for("team.initiative_projection", initiative_id=found.known.id))
    others = [Link(one.code, url_for("team.initiative", initiative_id=one.id)) for one in overlaps]
    return {
        HEADLINE: [*contacts, plan],
        SHIFT: [*contacts, plan],
        MINUTES: [*contacts, plan],
        RATES: [*rates, plan],
        RELABELLED: [plan, *_sinks(found, tree)],
        REPEATS: contacts,
        OVERLAP: [*others, plan],
        DISBENEFITS: [costs],
        RUNNING: [costs, projection],
        ONE_OFF: [costs, projection],
        HOURS: [costs],
    }


def contacts_of(found: Calculation, tree: Tree) -> list[Link]:
    """The list of the contacts of each reason over the reported days."""
    return [_list(found, tree, one) for one in sorted(found.plan.terms.boundary.reason_ids)]


def plan_page(found: Calculation) -> str:
    """The page of the version of the plan that was measured with."""
    return url_for("team.initiative_plan", initiative_id=found.known.id, version=found.plan.number)


def register_row(change: Change | Left) -> str:
    """Where another change stands in the register; one that waits for a decision stands above it."""
    is_open = isinstance(change, Change) and change.state == "proposed"
    return url_for("team.changes", _anchor=f"{'open' if is_open else 'change'}-{change.id}")


def _sinks(found: Calculation, tree: Tree) -> list[Link]:
    return [_list(found, tree, one) for one in sorted(found.plan.terms.boundary.sink_ids)]


def _list(found: Calculation, tree: Tree, reason_id: int) -> Link:
    days: dict[str, Any] = {"from": found.reporting.start, "to": found.reporting.end}
    return Link(tree.path(reason_id)[-1], url_for("lead.contacts", reason=reason_id, **days))

"""Whose figures an entry of the register changes, and which entries change the figures of a plan.

Clause E3 of docs/methods.md.
"""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from app.initiatives import queries as initiatives
from app.initiatives.queries import Known
from app.measurement import plan_queries
from app.measurement.boundary import read_back
from app.measurement.plan_queries import Change
from app.measurement.plans import PlanTerms
from app.reasons import queries as reasons
from app.reasons.rules import Tree
from app.values.periods import Period


def concerned(session: Session, changes: Iterable[Change]) -> dict[int, list[Known]]:
    """The initiatives with a frozen plan that each entry touches, by the entry's number."""
    tree, frozen = reasons.tree(session), plan_queries.frozen_plans(session)
    planned = [(known, frozen[known.id].terms) for known in initiatives.initiatives(session) if known.id in frozen]
    return {one.id: [known for known, terms in planned if touches(tree, one, terms)] for one in changes}


def touching(session: Session, terms: PlanTerms) -> list[Change]:
    """The entries that touch a plan and were not rejected, the earliest first."""
    tree = reasons.tree(session)
    found = [one for one in plan_queries.changes(session) if one.state != "rejected" and touches(tree, one, terms)]
    return sorted(found, key=lambda one: (one.start, one.id))


def touches(tree: Tree, change: Change, terms: PlanTerms) -> bool:
    """Whether a change lies in the days that a plan looks at and on a reason of its boundary, above it or below it."""
    days = looked_at(terms)
    if change.start >= days.end or change.end <= days.start:
        return False
    mine = terms.boundary.reason_ids | terms.boundary.sink_ids
    return not change.reason_ids or any(tree.are_on_one_line(one, other) for one in change.reason_ids for other in mine)


def looked_at(terms: PlanTerms) -> Period:
    """The days of a plan, from its earliest baseline day to the last day that counts."""
    baseline_end = min(terms.go_live_on, terms.announced_on or terms.go_live_on)
    return Period(baseline_end - read_back(terms.grain), terms.expires_on)

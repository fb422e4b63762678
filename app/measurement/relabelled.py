"""When the meaning of a boundary's reasons changed: names, places, merges, retirements, and what sources mean by them.

Clause E4 of docs/methods.md.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from itertools import groupby, pairwise

from sqlalchemy.orm import Session

from app.measurement import plan_queries
from app.measurement.change_actions import RELABELLING
from app.measurement.steps import Relabelling
from app.people import trail_reading
from app.people.rules import Change
from app.people.trail_reading import TrailFilter
from app.reasons import queries as reasons
from app.reasons.rules import Fact, Node, Tree, split_path, tree_of
from app.values.figures import day
from app.values.periods import ONE_DAY, Period

MAPPED = "raw_reason.mapped"


def unconfirmed(session: Session, reason_ids: Collection[int], looked_at: Period) -> tuple[Relabelling, ...]:
    """The relabellings of a boundary in some days, without those that the register says did not move contacts."""
    found = relabellings(session, reason_ids, looked_at)
    if not found:
        return ()
    tree = reasons.tree(session)
    confirmed = [one for one in plan_queries.changes(session) if (one.kind, one.state) == (RELABELLING, "approved")]

    def is_confirmed(one: Relabelling) -> bool:
        return any(
            one.on in Period(entry.start, entry.end)
            and (not entry.reason_ids or any(tree.are_on_one_line(one.reason_id, other) for other in entry.reason_ids))
            for entry in confirmed
        )

    return tuple(one for one in found if not is_confirmed(one))


def relabellings(session: Session, reason_ids: Collection[int], looked_at: Period) -> tuple[Relabelling, ...]:
    """Every day in a stretch from which on a reason of the boundary, or one below, meant something else."""
    facts = reasons.facts(session)
    tree = tree_of(facts)
    members = _members(tree, reason_ids)
    found = [
        Relabelling(on, words, node.id)
        for on, before, node in _changed(facts)
        if on in looked_at
        and (node.id in members or node.id in _members(tree_of(facts, on - ONE_DAY), reason_ids))
        and (words := _words(tree, before, node))
    ]
    mapped = trail_reading.all_changes(session, TrailFilter(action=MAPPED))
    found += [one for change in mapped for one in _remapped(tree, change, members) if one.on in looked_at]
    return tuple(sorted(found, key=lambda one: (one.on, one.what)))


def split_since(session: Session, reason_ids: Collection[int], since: date) -> tuple[str, ...]:
    """The reasons that came beside those of a boundary from a day on (E5): what was theirs may be counted there now."""
    facts = reasons.facts(session)
    tree = tree_of(facts)
    members = _members(tree, reason_ids)
    parents = {tree.parent(one) for one in reason_ids} - {None}
    first: dict[int, date] = {}
    for fact in facts:
        first[fact.node.id] = min(fact.valid_from, first.get(fact.node.id, fact.valid_from))
    return tuple(
        f"“{tree.text(one)}” ({day(began)})"
        for one, began in sorted(first.items(), key=lambda item: (item[1], item[0]))
        if began >= since and one not in members and tree.resolve(one) == one and tree.parent(one) in parents
    )


def _changed(facts: Collection[Fact]) -> Iterator[tuple[date, Node, Node]]:
    """Each day on which a reason changed, with what it was before and after."""
    ordered = sorted(facts, key=lambda fact: (fact.node.id, fact.valid_from, fact.number))
    for _, own in groupby(ordered, key=lambda fact: fact.node.id):
        last_of_day = {fact.valid_from: fact.node for fact in own}
        for (_, before), (on, after) in pairwise(last_of_day.items()):
            yield on, before, after


def _words(tree: Tree, before: Node, after: Node) -> str:
    """What was changed, where it changes which contacts are labelled so."""
    name = f"“{before.name}”"
    if before.merged_into_id != after.merged_into_id:
        into = after.merged_into_id
        return f"{name} was taken out of a merge" if into is None else f"{name} was merged into “{tree.text(into)}”"
    if before.parent_id != after.parent_id:
        above = after.parent_id
        return f"{name} was moved to the top" if above is None else f"{name} was moved below “{tree.text(above)}”"
    if before.name != after.name:
        return f"{name} was renamed “{after.name}”"
    if before.is_retired != after.is_retired:
        return f"{name} was {'retired' if after.is_retired else 'offered again'}"
    return ""


def _remapped(tree: Tree, change: Change, members: frozenset[int]) -> Iterator[Relabelling]:
    """A value of a source that was given another meaning, where either meaning lies in the boundary."""
    before, after = change.before or {}, change.after or {}
    for reason_id in (_named(tree, after), _named(tree, before)):
        if reason_id in members:
            meant = f"“{after['reason']}”" if after.get("reason") else "nothing"
            words = f"“{after.get('value')}” of {after.get('source')} was told to mean {meant}"
            since = after.get("valid_from")
            yield Relabelling(date.fromisoformat(since) if since else change.at.date(), words, reason_id)
            return


def _named(tree: Tree, facts: Mapping[str, str | None]) -> int:
    """The reason that a path in the trail names today; 0 where none does."""
    found: int | None = None
    for name in split_path(facts.get("reason") or ""):
        found = tree.named(found, name)
        if found is None:
            return 0
        found = tree.resolve(found)
    return found or 0


def _members(tree: Tree, reason_ids: Collection[int]) -> frozenset[int]:
    return frozenset[int]().union(*(tree.below(one) for one in reason_ids if one in tree.nodes))

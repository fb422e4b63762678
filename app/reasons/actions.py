"""Reasons are added and changed by dated facts; nothing that was said before is rewritten."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, delete
from sqlalchemy.orm import Session

from app import db
from app.people import trail
from app.people.rules import Actor
from app.reasons import queries, rules
from app.reasons.queries import RawMeaning
from app.reasons.rules import Fact, Node, Tree
from app.reasons.tables import EarlierMeaning, RawReason, Reason, ReasonFact
from app.values.errors import Missing, Refused
from app.values.figures import day as day_text


@dataclass(frozen=True, slots=True)
class _Stamp:
    """Who says it, when, and from which day on it holds."""

    by: Actor
    at: datetime
    valid_from: date

    def __post_init__(self) -> None:
        # Midnight comes to some places a day before it comes to UTC.
        if self.valid_from > self.at.date() + timedelta(days=1):
            message = f"{self.valid_from} is in the future. A change of the reasons holds from today or earlier."
            raise Refused(message)


def hold(session: Session) -> None:
    """Let nobody else change the reasons until this unit of work is done: whoever decides by them decides alone."""
    db.hold_still(session, cast("Table", Reason.__table__))


def add(session: Session, name: str, parent_id: int | None, *, by: Actor, at: datetime, valid_from: date) -> int:
    """Add a reason below another one, or at the top; raises Refused where it would be a fourth level or a twin."""
    hold(session)
    stamp = _Stamp(by, at, valid_from)
    tree = queries.tree(session)
    above = None if parent_id is None else tree.resolve(parent_id)
    (reason_id,) = _new(session, [(rules.checked_name(name), above)], stamp)
    _check(queries.facts(session), reason_id, valid_from)
    after = {"path": queries.tree(session).text(reason_id), "valid_from": str(valid_from)}
    trail.record(session, "reason.added", f"reason:{reason_id}", by=by, at=at, after=after)
    return reason_id


def rename(session: Session, reason_id: int, name: str, *, by: Actor, at: datetime, valid_from: date) -> None:
    """Call a reason by another name from a day on."""
    _change(session, reason_id, "renamed", _Stamp(by, at, valid_from), {"name": rules.checked_name(name)})


def move(session: Session, reason_id: int, parent_id: int | None, *, by: Actor, at: datetime, valid_from: date) -> None:
    """Put a reason, with all below it, under another one or at the top, from a day on."""
    _change(session, reason_id, "moved", _Stamp(by, at, valid_from), {"parent_id": parent_id})


def merge(session: Session, reason_id: int, into_id: int, *, by: Actor, at: datetime, valid_from: date) -> None:
    """Let a reason, with all below it, read as another one in every tree from a day on."""
    _change(session, reason_id, "merged", _Stamp(by, at, valid_from), {"merged_into_id": into_id})


def retire(
    session: Session, reason_id: int, *, is_retired: bool = True, by: Actor, at: datetime, valid_from: date
) -> None:
    """Offer a reason no longer, from a day on; what it was given to stays. `is_retired=False` offers it again."""
    action = "retired" if is_retired else "offered_again"
    _change(session, reason_id, action, _Stamp(by, at, valid_from), {"is_retired": is_retired})


def set_owner(
    session: Session, reason_id: int, department_id: int | None, *, by: Actor, at: datetime, valid_from: date
) -> None:
    """Name the department that can remove the reason, from a day on."""
    _change(session, reason_id, "owner_named", _Stamp(by, at, valid_from), {"department_id": department_id})


def mark_other(session: Session, reason_id: int, *, is_other: bool, by: Actor, at: datetime, valid_from: date) -> None:
    """Flag a reason as saying nothing about its cause, or take the flag away."""
    _change(session, reason_id, "flagged", _Stamp(by, at, valid_from), {"is_other": is_other})


def ensure_path(session: Session, path: Sequence[str], *, by: Actor, at: datetime, valid_from: date) -> int:
    """The reason with this path, whatever its case; what is missing on the way is added."""
    known = _found(queries.tree(session), path)
    if known is None:
        hold(session)
        known = _found(queries.tree(session), path)  # somebody else may have added it while we waited
    if known is not None:
        return known
    reason_id = _grown(session, [tuple(path)], _Stamp(by, at, valid_from))[tuple(path)]
    after = {"path": rules.BETWEEN_LEVELS.join(path), "valid_from": str(valid_from)}
    trail.record(session, "reason.added", f"reason:{reason_id}", by=by, at=at, after=after)
    return reason_id


def learn_raw(  # noqa: PLR0913
    session: Session,
    source: str,
    values: Collection[str],
    *,
    create: bool,
    by: Actor,
    at: datetime,
    valid_from: date,
) -> dict[str, RawMeaning]:
    """The meaning of each value of a source; a new value means the reason of the same path.

    A path that no reason has yet becomes one with `create`, else its value waits without a meaning. The trail is told
    by the import that brings the values.
    """
    known = queries.raw_values(session, source)
    if any(_wants_a_reason(known.get(value), create=create) for value in values):
        hold(session)
        known = queries.raw_values(session, source)
        wanted = [value for value in values if _wants_a_reason(known.get(value), create=create)]
        known |= _learned(session, source, wanted, known, _Stamp(by, at, valid_from) if create else None)
    return {value: known[value] for value in values}


def map_raw(
    session: Session,
    raw_id: int,
    reason_id: int | None,
    *,
    by: Actor,
    at: datetime,
    valid_from: date | None = None,
) -> None:
    """Say which reason a value of a source means, or with none that it is no reason.

    Contacts that come in from now on follow it: those from `valid_from` on where the value has a reason already, all of
    them else. Raises Refused for a reason that is retired, and for a day in the future.
    """
    raw = session.get(RawReason, raw_id, with_for_update=True, populate_existing=True)
    if raw is None:
        message = "That value is not there any more. Load the page again."
        raise Missing(message)
    tree = queries.tree(session)
    _check_meaning(tree, reason_id, valid_from, at)
    if (raw.reason_id, raw.is_no_reason) == (reason_id, reason_id is None):
        return
    (before,) = queries.held_raw_values(session, [raw_id]).values()
    changes_from = valid_from if raw.reason_id is not None else None
    _keep_earlier(session, before, changes_from)
    raw.reason_id, raw.is_no_reason = reason_id, reason_id is None
    session.flush()
    facts = {"source": raw.source, "value": raw.value}
    said = {"valid_from": str(changes_from)} if changes_from else {}
    trail.record(
        session,
        "raw_reason.mapped",
        f"raw_reason:{raw_id}",
        by=by,
        at=at,
        before={**facts, "reason": None if before.reason_id is None else tree.text(before.reason_id)},
        after={**facts, "reason": None if reason_id is None else tree.text(reason_id), **said},
    )


def _check_meaning(tree: Tree, reason_id: int | None, valid_from: date | None, at: datetime) -> None:
    if reason_id is not None and all(node.id != tree.resolve(reason_id) for node in tree.in_use()):
        raise Refused(
            f"“{tree.text(reason_id)}” is retired and can no longer be given. Choose another reason. "
            "Nothing was changed."
        )
    if valid_from is not None and valid_from > at.date() + timedelta(days=1):
        raise Refused(f"{day_text(valid_from)} is in the future. A meaning holds from today or earlier.")


def _keep_earlier(session: Session, before: RawMeaning, changes_from: date | None) -> None:
    """Keep what the value meant before the day; without one nothing is kept, since the new meaning always held."""
    own = EarlierMeaning.raw_id == before.id
    if changes_from is None:
        session.execute(delete(EarlierMeaning).where(own))
        return
    session.execute(delete(EarlierMeaning).where(own, EarlierMeaning.until >= changes_from))
    last = before.on((changes_from - timedelta(days=1)).isoformat())
    session.add(EarlierMeaning(raw_id=before.id, until=changes_from, reason_id=last))


def _wants_a_reason(meaning: RawMeaning | None, *, create: bool) -> bool:
    return meaning is None or (create and meaning.waits)


def _learned(
    session: Session,
    source: str,
    values: Collection[str],
    known: Mapping[str, RawMeaning],
    stamp: _Stamp | None,
) -> dict[str, RawMeaning]:
    paths = {value: rules.split_path(value) for value in values}
    meant: Mapping[tuple[str, ...], int | None]
    if stamp is None:
        tree = queries.tree(session)
        meant = {path: _found(tree, path) for path in paths.values()}
    else:
        meant = _grown(session, list(paths.values()), stamp)
    raws = {}
    for value, path in paths.items():
        if value in known:
            raws[value] = session.get_one(RawReason, known[value].id)
            raws[value].reason_id = meant[path]
        else:
            raws[value] = RawReason(source=source, value=value, reason_id=meant[path])
            session.add(raws[value])
    session.flush()
    return {value: RawMeaning(raw.id, raw.reason_id, raw.is_no_reason) for value, raw in raws.items()}


def _found(tree: Tree, path: Sequence[str]) -> int | None:
    """The reason with this path; a merged one answers to its own name, but what lay below it has moved with it."""
    if sentence := rules.refused_path(tuple(path)):
        raise Refused(sentence)
    parent, found = None, None
    for name in path:
        found = tree.named(parent, name)
        if found is None:
            return None
        parent = tree.resolve(found)
    return found


def _grown(session: Session, paths: Sequence[tuple[str, ...]], stamp: _Stamp) -> dict[tuple[str, ...], int]:
    """The reasons with these paths; what is missing is added level by level, many at once."""
    tree = queries.tree(session)
    for path in paths:
        if sentence := rules.refused_path(path):
            raise Refused(sentence)
    found: dict[tuple[str, ...], int] = {}
    added_ids: list[int] = []
    for depth in range(1, rules.LEVELS + 1):
        missing: dict[tuple[int | None, str], str] = {}
        places: dict[tuple[str, ...], tuple[int | None, str]] = {}
        for part in dict.fromkeys(path[:depth] for path in paths if len(path) >= depth):
            parent = _reading(tree, found[part[:-1]]) if depth > 1 else None
            known = tree.named(parent, part[-1])
            if known is None:
                places[part] = (parent, rules.name_key(part[-1]))
                missing.setdefault(places[part], part[-1])
            else:
                found[part] = known
        added = _new(session, [(name, parent) for (parent, _), name in missing.items()], stamp)
        ids = dict(zip(missing, added, strict=True))
        found |= {part: ids[place] for part, place in places.items()}
        added_ids += added
    _check_levels(queries.tree(session), added_ids)
    return {path: found[path] for path in paths}


def _check_levels(tree: Tree, reason_ids: Sequence[int]) -> None:
    """A path of three may lead through a merged reason to a place further down."""
    for reason_id in reason_ids:
        if sentence := rules.refused_path(tree.path(reason_id)):
            raise Refused(sentence)


def _new(session: Session, places: Sequence[tuple[str, int | None]], stamp: _Stamp) -> list[int]:
    """Add reasons by name and parent."""
    reasons = [Reason(made_at=stamp.at) for _ in places]
    session.add_all(reasons)
    session.flush()
    nodes = [
        Node(reason.id, name, parent_id, is_other=rules.is_other_by_name(name))
        for reason, (name, parent_id) in zip(reasons, places, strict=True)
    ]
    _keep(session, [(stamp.valid_from, node) for node in nodes], stamp)
    return [node.id for node in nodes]


def _change(session: Session, reason_id: int, action: str, stamp: _Stamp, change: Mapping[str, Any]) -> None:
    """Keep a change of one reason as facts, and tell the trail; a change that changes nothing leaves nothing."""
    hold(session)
    facts = queries.facts(session)
    before = rules.tree_of(facts).node(reason_id)
    own = [fact for fact in facts if fact.node.id == reason_id]
    added = rules.changed(own, stamp.valid_from, **change)
    if not added:
        return
    for other in (change.get("parent_id"), change.get("merged_into_id")):
        if other is not None:
            rules.tree_of(facts).node(other)
    _keep(session, added, stamp)
    _check(queries.facts(session), reason_id, stamp.valid_from)
    old = asdict(before)
    trail.record(
        session,
        f"reason.{action}",
        f"reason:{reason_id}",
        by=stamp.by,
        at=stamp.at,
        before={name: old[name] for name in change},
        after={**change, "valid_from": str(stamp.valid_from)},
    )


def _keep(session: Session, nodes: Sequence[tuple[date, Node]], stamp: _Stamp) -> None:
    for valid_from, node in nodes:
        values = asdict(node)
        reason_id = values.pop("id")
        session.add(
            ReasonFact(
                reason_id=reason_id,
                valid_from=valid_from,
                recorded_at=stamp.at,
                recorded_by=stamp.by.name,
                **values,
            )
        )
    session.flush()


def _check(facts: Collection[Fact], reason_id: int, valid_from: date) -> None:
    """Hold the reason's place against the tree of every day from which something changes."""
    days = {valid_from, *(fact.valid_from for fact in facts if fact.valid_from > valid_from)}
    for day in sorted(days):
        if sentence := rules.refused_place(rules.tree_of(facts, day), reason_id):
            raise Refused(sentence)


def _reading(tree: Tree, reason_id: int) -> int:
    """What a reason reads as; one that was added just now reads as itself."""
    return tree.resolve(reason_id) if reason_id in tree.nodes else reason_id

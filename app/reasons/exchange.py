"""The tree as a list in a file: columns path, owner, is_other."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.people import departments as people_departments
from app.people import queries as people
from app.people.rules import Actor
from app.reasons import actions, queries, rules
from app.reasons.rules import Tree
from app.values import csv_text
from app.values.errors import Refused

COLUMNS = ("path", "owner", "is_other")
YES, NO = frozenset({"yes", "true", "1"}), frozenset({"no", "false", "0"})


@dataclass(frozen=True, slots=True)
class Line:
    """A reason as a file lists it; None leaves what is there."""

    path: tuple[str, ...]
    owner: str | None
    is_other: bool | None


@dataclass
class Brought:
    """What a list changed."""

    read: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0


def written(tree: Tree, owners: Mapping[int, str]) -> Iterator[str]:
    """The reasons in use as lines of CSV, from the top down."""
    yield csv_text.line(COLUMNS)
    for node in tree.in_use():
        owner = "" if node.department_id is None else owners[node.department_id]
        yield csv_text.line([tree.text(node.id), owner, "yes" if node.is_other else "no"])


def read(text: str) -> list[Line]:
    """The reasons that a file lists; raises Refused with the number of the line that is wrong."""
    rows = csv.DictReader(io.StringIO(text, newline=""), restval="")
    try:
        return _lines(rows)
    except csv.Error as error:
        message = f"Line {rows.line_num} is no CSV: {error}. Nothing was changed."
        raise Refused(message) from error


def bring_in(session: Session, lines: Iterable[Line], *, by: Actor, at: datetime, valid_from: date) -> Brought:
    """Add the reasons that are missing, give all of them their owners and flags, and make departments of new owners."""
    brought = Brought()
    owners = {one.name.casefold(): one.id for one in people.departments(session)}
    for line in lines:
        known = set(queries.tree(session).nodes)
        reason_id = actions.ensure_path(session, line.path, by=by, at=at, valid_from=valid_from)
        before = queries.tree(session).node(reason_id)
        if line.owner:
            if line.owner.casefold() not in owners:
                added = people_departments.add_department(session, line.owner, by=by, at=at)
                owners[line.owner.casefold()] = added
            owner = owners[line.owner.casefold()]
            actions.set_owner(session, reason_id, owner, by=by, at=at, valid_from=valid_from)
        if line.is_other is not None:
            actions.mark_other(session, reason_id, is_other=line.is_other, by=by, at=at, valid_from=valid_from)
        brought.read += 1
        if reason_id not in known:
            brought.new += 1
        elif queries.tree(session).node(reason_id) != before:
            brought.updated += 1
        else:
            brought.unchanged += 1
    return brought


def _lines(rows: "csv.DictReader[str]") -> list[Line]:
    named = {(name or "").strip().lower(): name for name in rows.fieldnames or ()}
    if "path" not in named:
        message = "The list has no column “path”. Its columns are path, owner and is_other. Nothing was changed."
        raise Refused(message)
    lines = []
    for row in rows:
        cells = {ours: _cell(row[theirs]) for ours, theirs in named.items() if ours in COLUMNS}
        if not any(cells.values()):
            continue
        try:
            lines.append(_line(cells))
        except Refused as error:
            message = f"Line {rows.line_num}: {error.sentence} Nothing was changed."
            raise Refused(message) from error
    if not lines:
        message = "The list names no reason. Nothing was changed."
        raise Refused(message)
    return lines


def _cell(text: str | None) -> str:
    """A cell as it was before a spreadsheet was kept from running it."""
    cell = (text or "").strip()
    return cell[1:] if cell.startswith("'") and csv_text.safe(cell[1:]) == cell else cell


def _line(cells: Mapping[str, str]) -> Line:
    path = rules.split_path(cells["path"])
    if sentence := rules.refused_path(path):
        raise Refused(sentence)
    said = cells.get("is_other", "").lower()
    if said and said not in YES | NO:
        message = f"is_other is “{said}”. Write yes or no."
        raise Refused(message)
    return Line(path, cells.get("owner") or None, (said in YES) if said else None)

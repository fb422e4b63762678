"""The history of a reason, as sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.reasons.queries import Recorded
from app.reasons.rules import Node, Tree


@dataclass(frozen=True, slots=True)
class Told:
    """What holds from a day on, and who said so when."""

    valid_from: date
    sentences: tuple[str, ...]
    at: datetime
    by: str


def history(recorded: Sequence[Recorded], tree: Tree, departments: Mapping[int, str]) -> list[Told]:
    """Each fact told by what it changed, the newest first; a fact that only carries another one on is left out."""
    told = []
    before: Node | None = None
    for one in recorded:
        node = one.fact.node
        sentences = _first(node, tree) if before is None else _changed(before, node, tree, departments)
        if sentences:
            told.append(Told(one.fact.valid_from, tuple(sentences), one.at, one.by))
        before = node
    return told[::-1]


def _first(node: Node, tree: Tree) -> list[str]:
    return [f"Added as “{node.name}” {_place(node, tree)}."]


def _changed(before: Node, after: Node, tree: Tree, departments: Mapping[int, str]) -> list[str]:
    told = []
    if after.name != before.name:
        told.append(f"Renamed from “{before.name}” to “{after.name}”.")
    if after.parent_id != before.parent_id:
        told.append(f"Moved {_place(after, tree)}.")
    if after.department_id != before.department_id:
        owner = None if after.department_id is None else departments.get(after.department_id)
        told.append(f"Owned by {owner}." if owner else "Owned by nobody.")
    if after.is_other != before.is_other:
        told.append("Flagged as “Other”." if after.is_other else "No longer flagged as “Other”.")
    if after.is_retired != before.is_retired:
        told.append("Retired." if after.is_retired else "In use again.")
    if after.merged_into_id != before.merged_into_id:
        into = after.merged_into_id
        told.append("No longer merged." if into is None else f"Merged into “{tree.text(into)}”.")
    return told


def _place(node: Node, tree: Tree) -> str:
    return "at the top" if node.parent_id is None else f"below “{tree.text(node.parent_id)}”"

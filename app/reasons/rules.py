"""The tree of contact reasons, as it stands on a day."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from app.values.errors import Missing, Refused
from app.values.lines import one_line

LEVELS = 3
LONGEST_NAME = 200
BETWEEN_LEVELS = " > "
_BETWEEN = re.compile(r"(?<=\s)>(?=\s)")


@dataclass(frozen=True, slots=True)
class Node:
    """A reason as it reads on the day of its tree."""

    id: int
    name: str
    parent_id: int | None = None
    department_id: int | None = None
    is_other: bool = False
    is_retired: bool = False
    merged_into_id: int | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """What is true of a reason from a day on; `number` orders facts of the same day."""

    number: int
    valid_from: date
    node: Node


@dataclass(frozen=True)
class Tree:
    """All reasons as they stand on one day; a merged reason answers as the one that it went into."""

    nodes: Mapping[int, Node]
    _lines: dict[int, tuple[int, ...]] = field(default_factory=dict, compare=False, repr=False)

    def resolve(self, reason_id: int) -> int:
        """The reason that this one reads as: itself, or the one that it was merged into in the end."""
        seen = {reason_id}
        node = self.node(reason_id)
        while node.merged_into_id is not None:
            if node.merged_into_id in seen:
                message = f"“{node.name}” and another reason are merged into each other. Undo one of the two."
                raise Refused(message)
            seen.add(node.merged_into_id)
            node = self.node(node.merged_into_id)
        return node.id

    def node(self, reason_id: int) -> Node:
        """The reason's own facts, merged or not; raises Missing."""
        found = self.nodes.get(reason_id)
        if found is None:
            message = f"There is no reason {reason_id}. It may have been named in an old address."
            raise Missing(message)
        return found

    def parent(self, reason_id: int) -> int | None:
        """The reason above, as it reads."""
        above = self.nodes[self.resolve(reason_id)].parent_id
        return None if above is None else self.resolve(above)

    def line(self, reason_id: int) -> tuple[int, ...]:
        """The reasons from the top down to this one, as it reads."""
        if reason_id not in self._lines:
            found = [self.resolve(reason_id)]
            while (above := self.parent(found[-1])) is not None:
                if above in found:
                    message = f"“{self.nodes[above].name}” would lie below itself."
                    raise Refused(message)
                found.append(above)
            self._lines[reason_id] = tuple(reversed(found))
        return self._lines[reason_id]

    def path(self, reason_id: int) -> tuple[str, ...]:
        """The names from the top down to this reason, as it reads."""
        return tuple(self.nodes[one].name for one in self.line(reason_id))

    def text(self, reason_id: int) -> str:
        """The path as people and files write it: “Delivery > Where is my order?”."""
        return BETWEEN_LEVELS.join(self.path(reason_id))

    def level(self, reason_id: int) -> int:
        """1 for a reason at the top."""
        return len(self.line(reason_id))

    def ancestor(self, reason_id: int, level: int) -> int:
        """The reason of that level above this one; the reason itself where it stands no deeper."""
        line = self.line(reason_id)
        return line[min(level, len(line)) - 1]

    def below(self, reason_id: int) -> frozenset[int]:
        """Every id that reads as this reason or as one below it: itself, sub-reasons, and all that were merged in."""
        top = self.resolve(reason_id)
        return frozenset(one for one in self.nodes if top in self.line(one))

    def reading_as(self, reason_id: int) -> frozenset[int]:
        """Every id that reads as this reason itself, without what lies below it."""
        top = self.resolve(reason_id)
        return frozenset(one for one in self.nodes if self.resolve(one) == top)

    def are_on_one_line(self, one: int, other: int) -> bool:
        """Whether two ids read as the same reason, or one of them as a reason below the other."""
        mine, theirs = self.line(one), self.line(other)
        return mine[-1] in theirs or theirs[-1] in mine

    def is_other(self, reason_id: int) -> bool:
        """Whether the reason, or one above it, is flagged as “Other”."""
        return any(self.nodes[one].is_other for one in self.line(reason_id))

    def owner(self, reason_id: int) -> int | None:
        """The department that can remove the reason: its own, else that of the nearest reason above."""
        owners = (self.nodes[one].department_id for one in reversed(self.line(reason_id)))
        return next((owner for owner in owners if owner is not None), None)

    def children(self, parent_id: int | None) -> list[Node]:
        """The reasons directly below, by name, retired ones included, merged ones not."""
        return self._children.get(parent_id, [])

    def named(self, parent_id: int | None, name: str) -> int | None:
        """The reason with this name below another one, or at the top; one that was merged answers last."""
        return self._named.get((parent_id, name_key(name)))

    def in_use(self) -> list[Node]:
        """The reasons that may be given to a contact, in the order of the tree."""
        return [node for node in self.walk() if not self._is_retired(node)]

    def walk(self, parent_id: int | None = None) -> Iterator[Node]:
        """Reasons from the top down, each followed by what lies below it; merged ones are left out."""
        for node in self.children(parent_id):
            yield node
            yield from self.walk(node.id)

    def merged_into(self, reason_id: int) -> list[Node]:
        """The reasons that were merged into this one, by name."""
        found = [node for node in self.nodes.values() if node.id != reason_id and node.merged_into_id is not None]
        return sorted((node for node in found if self.resolve(node.id) == reason_id), key=lambda node: node.name)

    @cached_property
    def _children(self) -> dict[int | None, list[Node]]:
        found: dict[int | None, list[Node]] = {}
        for node in sorted(self.nodes.values(), key=lambda node: (name_key(node.name), node.id)):
            if node.merged_into_id is None:
                found.setdefault(self.parent(node.id), []).append(node)
        return found

    @cached_property
    def _named(self) -> dict[tuple[int | None, str], int]:
        found: dict[tuple[int | None, str], int] = {}
        for node in sorted(self.nodes.values(), key=lambda node: (node.merged_into_id is not None, node.id)):
            above = None if node.parent_id is None else self.resolve(node.parent_id)
            found.setdefault((above, name_key(node.name)), node.id)
        return found

    def _is_retired(self, node: Node) -> bool:
        return any(self.nodes[one].is_retired for one in self.line(node.id))


def split_path(text: str) -> tuple[str, ...]:
    """The levels of a path: trimmed, empty ones left out. “Delivery > Late” has two."""
    return tuple(name for part in _BETWEEN.split(f" {text} ") if (name := one_line(part)))


def refused_path(path: tuple[str, ...]) -> str | None:
    """A sentence that says why no reason can have this path; nothing where one can."""
    if not path:
        return "The reason has no name. Write one, like “Where is my order?”."
    if len(path) > LEVELS:
        written = BETWEEN_LEVELS.join(path)
        return f"“{written}” has {len(path)} levels, and a reason has {LEVELS} at most. Join two of them."
    longest = max(path, key=len)
    if len(longest) > LONGEST_NAME:
        return f"“{longest[:40]}...” has {len(longest)} letters, and a reason's name has {LONGEST_NAME} at most."
    return None


def checked_name(name: str) -> str:
    """The name of one level, trimmed; raises Refused where it is empty, too long, or holds the sign between levels."""
    cleaned = one_line(name)
    if sentence := refused_path((cleaned,) if cleaned else ()):
        raise Refused(sentence)
    if len(split_path(cleaned)) > 1:
        message = f"“{cleaned}” holds “>”, which stands between levels. Add the upper level first, or leave it out."
        raise Refused(message)
    return cleaned


def name_key(name: str) -> str:
    """What two names of the same reason share: case and spaces make no difference."""
    return one_line(name).casefold()


def is_other_by_name(name: str) -> bool:
    """Whether a new reason with this name starts out flagged as “Other”."""
    return re.match(r"other\b", name, re.IGNORECASE) is not None


def tree_of(facts: Iterable[Fact], on: date | None = None) -> Tree:
    """The tree of a day, or of the newest facts; before its first fact a reason reads as that fact says."""
    chosen: dict[int, Fact] = {}
    for fact in sorted(facts, key=lambda fact: (fact.valid_from, fact.number)):
        if fact.node.id not in chosen or on is None or fact.valid_from <= on:
            chosen[fact.node.id] = fact
    return Tree({reason_id: fact.node for reason_id, fact in sorted(chosen.items())})


def changed(facts: Iterable[Fact], valid_from: date, **change: Any) -> list[tuple[date, Node]]:  # noqa: ANN401
    """The facts to add to those of one reason so that the change holds from a day on.

    A fact holds everything about its reason, so where later facts only repeat what was true on that day, they are
    followed by one of the same day with the change; the first that says otherwise ends it. Nothing changed: none.
    """
    ordered = sorted(facts, key=lambda fact: (fact.valid_from, fact.number))
    earlier = [fact for fact in ordered if fact.valid_from <= valid_from]
    base = (earlier[-1] if earlier else ordered[0]).node
    if replace(base, **change) == base:
        return []
    added = [(valid_from, replace(base, **change))]
    newest_of_day = {fact.valid_from: fact.node for fact in ordered if fact.valid_from > valid_from}
    for day, node in newest_of_day.items():
        if any(getattr(node, name) != getattr(base, name) for name in change):
            break
        added.append((day, replace(node, **change)))
    return added


def refused_place(tree: Tree, reason_id: int) -> str | None:
    """A sentence that says why the reason cannot stand where it stands in this tree; nothing where it can."""
    try:
        deepest = max(tree.below(reason_id), key=tree.level)
    except Refused as error:
        return error.sentence
    if tree.level(deepest) > LEVELS:
        return f"“{tree.text(deepest)}” would have {tree.level(deepest)} levels, and a reason has {LEVELS} at most."
    place = tree.resolve(reason_id)
    for parent in (tree.parent(place), place):
        sentence = _equal_names(tree, parent)
        if sentence:
            return sentence
    return None


def _equal_names(tree: Tree, parent_id: int | None) -> str | None:
    names: dict[str, str] = {}
    for node in tree.children(parent_id):
        if name_key(node.name) in names:
            where = "at the top" if parent_id is None else f"below “{tree.text(parent_id)}”"
            return f"There is a reason “{names[name_key(node.name)]}” {where} already. Choose another name."
        names[name_key(node.name)] = node.name
    return None

"""The numbered clauses of docs/methods.md as plain values: sections, clauses, and the little that is set apart in them.

Nothing of the text is taken as markup of a page: templates escape every word.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MARKS = re.compile(r"\*\*(?P<strong>.+?)\*\*|\*(?P<stress>[^*]+)\*|`(?P<code>[^`]+)`")
CLAUSE = re.compile(r"\*\*(?P<number>[A-Z]\d+)\s")
SOURCE = re.compile(r"\s*\((?P<source>[^()]*`[^()]*)\)$")


@dataclass(frozen=True, slots=True)
class Words:
    """Words of one kind: plain, strong, stress or code."""

    text: str
    kind: str = "plain"


@dataclass(frozen=True, slots=True)
class Clause:
    """One paragraph; `number` is that of its clause, empty where it has none."""

    number: str
    words: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """What stands below one heading; `source` is where the code of it lies."""

    name: str
    source: str
    clauses: tuple[Clause, ...]


def sections(text: str) -> list[Section]:
    """The sections of the document, the first one with what stands below its title."""
    found: list[tuple[str, list[Clause]]] = []
    for block in re.split(r"\n\s*\n", text.strip()):
        heading, _, rest = block.partition("\n") if block.startswith("#") else ("", "", block)
        if heading:
            found.append((heading.lstrip("# "), []))
        if rest.strip() and found:
            found[-1][1].append(_clause(" ".join(rest.split())))
    return [_section(heading, tuple(clauses)) for heading, clauses in found]


def _section(heading: str, clauses: tuple[Clause, ...]) -> Section:
    source = SOURCE.search(heading)
    name = heading if source is None else heading[: source.start()]
    return Section(name, "" if source is None else source["source"].replace("`", ""), clauses)


def _clause(paragraph: str) -> Clause:
    number = CLAUSE.match(paragraph)
    return Clause(number["number"] if number else "", tuple(_words(paragraph)))


def _words(paragraph: str) -> Iterator[Words]:
    place = 0
    for mark in MARKS.finditer(paragraph):
        if mark.start() > place:
            yield Words(paragraph[place : mark.start()])
        kind = str(mark.lastgroup)
        yield Words(mark[kind], kind)
        place = mark.end()
    if place < len(paragraph):
        yield Words(paragraph[place:])

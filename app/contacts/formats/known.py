"""Formats of other systems: a small file of data each, recognised by their headers."""

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from app.contacts.reading import key
from app.contacts.rules import AUTO
from app.values.errors import Refused

FOLDER = Path(__file__).parent
CONTACTS = "contacts"
# In place of a word: what every other word means.
ANY_OTHER = "*"


@dataclass(frozen=True, slots=True)
class Styles:
    """How a system writes.

    The `unit` of durations, else the header says it; `blanks` that mean nothing; the sign between several values of a
    cell; whether times are seconds since 1970, and UTC where they name no zone; the usual order of dates, perhaps only
    of times with am and pm; whether notes are HTML; whether encodings may change within a file.
    """

    unit: str = ""
    blanks: frozenset[str] = frozenset()
    list_sign: str = ""
    is_unix: bool = False
    is_utc: bool = False
    date_order: str = ""
    only_with_am_pm: bool = False
    is_html: bool = False
    may_mix_encodings: bool = False


@dataclass(frozen=True, slots=True)
class Structure:
    """What rows have to do with each other and with us, by headers.

    Rows with the same `chain` are legs of one contact, and the first of them is where `leg` says the same as `chain`.
    Of several deliveries the one with the latest `newest` counts. A row is abandoned where a cell of `waits_in` says
    something and none of `served_by` does. Of `tags` those that begin with `tag_prefix` are reasons. An export is
    whole where `complete` says yes.
    """

    chain: str = ""
    leg: str = ""
    newest: str = ""
    waits_in: str = ""
    served_by: tuple[str, ...] = ()
    tags: str = ""
    tag_prefix: str = ""
    complete: str = ""


@dataclass(frozen=True)
class Format:
    """A layout that is known: fields with their headers, fixed values, headers to leave out, what its codes mean.

    `identified_by` holds sets of headers of which one must be there; `aliases` gives the spelling used here for others;
    `instead` are columns for a field that is missing or empty in a row; `reason_among` is what the header of a reason
    looks like where every installation calls it otherwise. `channels` and `directions` give ours for a value of the
    file; `untagged` holds codes that are no reason, an ending * stands for any end.
    """

    name: str
    title: str
    columns: Mapping[str, tuple[str, ...]]
    identified_by: tuple[tuple[str, ...], ...]
    constants: Mapping[str, str] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    instead: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reason_among: str = ""
    channels: Mapping[str, str] = field(default_factory=dict)
    directions: Mapping[str, str] = field(default_factory=dict)
    untagged: frozenset[str] = frozenset()
    styles: Styles = Styles()
    structure: Structure = Structure()
    kind: str = CONTACTS

    @property
    def has_ways(self) -> bool:
        """Whether more than its columns and words is known of the format."""
        return bool(self.styles != Styles() or self.structure != Structure() or self.directions or self.instead)

    def told(self, header: str) -> str:
        """What a header is compared by: its key, or that of the spelling used here."""
        said = key(header)
        return self.aliases.get(said, said)

    def known(self, header: Sequence[str]) -> int:
        """How many cells of a row are headers of this format; 0 where one that identifies it is missing."""
        return self.known_keys({key(cell) for cell in header})

    def known_keys(self, keys: Collection[str]) -> int:
        """The same for the keys of the cells."""
        cells = {self.aliases.get(one, one) for one in keys} if self.aliases else set(keys)
        if not any(needed <= cells for needed in self._needed):
            return 0
        return len(self._named & cells)

    def is_untagged(self, text: str) -> bool:
        """Whether a reason of the file is a code that says nothing."""
        said = text.casefold()
        return said in self.untagged or any(said.startswith(begin) for begin in self._beginnings)

    def leaves_out(self, header: str) -> bool:
        """Whether a column is no fact of a contact."""
        said = self.told(header)
        return any(fnmatchcase(said, one) if ANY_OTHER in one else said == one for one in self._ignored)

    @cached_property
    def _ignored(self) -> tuple[str, ...]:
        return tuple(self.told(one) for one in (*self.ignore, self.structure.newest))

    @cached_property
    def _beginnings(self) -> tuple[str, ...]:
        return tuple(code[:-1] for code in self.untagged if code.endswith(ANY_OTHER))

    @cached_property
    def _needed(self) -> list[set[str]]:
        return [{self.told(one) for one in needed} for needed in self.identified_by]

    @cached_property
    def _named(self) -> set[str]:
        headers = [one for listed in (*self.columns.values(), *self.instead.values()) for one in listed]
        return {self.told(one) for one in (*headers, *self.ignore)} | set(self.aliases.values())


@cache
def formats() -> tuple[Format, ...]:
    """All formats of contacts, by name."""
    return tuple(one for one in _all() if one.kind == CONTACTS)


@cache
def of_figures(kind: str) -> Format:
    """The format of totals or of drivers."""
    (found,) = (one for one in _all() if one.kind == kind)
    return found


def named(name: str) -> Format:
    """The format with this name; raises Refused and lists what there is."""
    for one in formats():
        if one.name == name.casefold():
            return one
    listed = ", ".join(one.name for one in formats())
    raise Refused(f"There is no format “{name}”. Choose {AUTO}, or one of: {listed}.")


def recognised(header: Sequence[str]) -> Format | None:
    """The format of contacts that knows most of these headers."""
    best = max(formats(), key=lambda one: one.known(header))
    return best if best.known(header) else None


def recognised_figures(header: Sequence[str]) -> Format | None:
    """The format of totals or drivers that knows these headers, which are no contacts."""
    return next((one for one in _all() if one.kind != CONTACTS and one.known(header)), None)


@cache
def _all() -> tuple[Format, ...]:
    return tuple(_read(path) for path in sorted(FOLDER.glob("*.toml")))


def _read(path: Path) -> Format:
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    needed = content["identified_by"]
    styles = dict(content.get("styles", {}))
    structure = dict(content.get("structure", {}))
    return Format(
        name=path.stem,
        title=content["title"],
        columns=_headers(content["columns"]),
        identified_by=tuple(map(tuple, needed)) if isinstance(needed[0], list) else (tuple(needed),),
        constants=content.get("constants", {}),
        ignore=tuple(content.get("ignore", ())),
        aliases={key(other): key(header) for header, others in content.get("aliases", {}).items() for other in others},
        instead=_headers(content.get("instead", {})),
        reason_among=key(content.get("reason_among", "")),
        channels={code.casefold(): channel for code, channel in content.get("channels", {}).items()},
        directions={code.casefold(): direction for code, direction in content.get("directions", {}).items()},
        untagged=frozenset(code.casefold() for code in content.get("untagged", ())),
        styles=Styles(**{**styles, "blanks": frozenset(styles.get("blanks", ()))}),
        structure=Structure(**{**structure, "served_by": tuple(structure.get("served_by", ()))}),
        kind=content.get("kind", CONTACTS),
    )


def _headers(listed: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {name: (headers,) if isinstance(headers, str) else tuple(headers) for name, headers in listed.items()}

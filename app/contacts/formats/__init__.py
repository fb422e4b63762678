"""Which column of a file becomes which field: formats of other systems, a small file of data each, and mappings."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from app.contacts.durations import UNITS
from app.contacts.reading import key
from app.contacts.rules import AUTO, CHANNELS, FIELDS
from app.contacts.words import EXPLAINED
from app.values.errors import Refused

FOLDER = Path(__file__).parent
BY_MAPPING = "mapping"
# Several columns make levels of a reason, or a date and a time.
JOINED = frozenset({"occurred_at", "reason"})
# What a download of rejected rows adds to a file; it comes back with the file and is no fact of the contact.
REJECT_COLUMNS = ("rejected_line", "rejected_because")


@dataclass(frozen=True, slots=True)
class Format:
    """A layout that is known: fields with their headers, fixed values, headers to leave out, what its codes mean.

    `channels` and `directions` give ours for a value of the file; `untagged` holds codes that are no reason. `unit` is
    that of durations; where it is empty the header says it.
    """

    name: str
    title: str
    columns: Mapping[str, tuple[str, ...]]
    identified_by: tuple[str, ...]
    constants: Mapping[str, str] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    channels: Mapping[str, str] = field(default_factory=dict)
    directions: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    untagged: frozenset[str] = frozenset()

    def known(self, header: Sequence[str]) -> int:
        """How many cells of a row are headers of this format; 0 where one that identifies it is missing."""
        cells = {key(cell) for cell in header}
        if not {key(one) for one in self.identified_by} <= cells:
            return 0
        named = {key(one) for headers in self.columns.values() for one in headers} | {key(one) for one in self.ignore}
        return len(named & cells)


@cache
def formats() -> tuple[Format, ...]:
    """All formats of the folder, by name."""
    return tuple(_read(path) for path in sorted(FOLDER.glob("*.toml")))


def named(name: str) -> Format:
    """The format with this name; raises Refused and lists what there is."""
    for one in formats():
        if one.name == name.casefold():
            return one
    listed = ", ".join(one.name for one in formats())
    raise Refused(f"There is no format “{name}”. Choose {AUTO}, or one of: {listed}.")


def recognised(header: Sequence[str]) -> Format | None:
    """The format that knows most of these headers."""
    best = max(formats(), key=lambda one: one.known(header))
    return best if best.known(header) else None


def of_mapping(content: Any) -> Format:  # noqa: ANN401  (it is what somebody wrote)
    """A mapping file as a format; raises Refused with a sentence where it cannot be one."""
    if not isinstance(content, Mapping) or not isinstance(content.get("columns"), Mapping):
        raise Refused('A mapping is {"columns": {field: header, ...}, "constants": {...}, "ignore": [...]}.')
    if strange := sorted(set(content) - {"columns", "constants", "ignore", "units", "words"}):
        raise Refused(f"A mapping has columns, constants, ignore, units and words, but no “{strange[0]}”.")
    columns = {_field(name): _headers(name, headers) for name, headers in content["columns"].items()}
    constants = _constants(content.get("constants") or {}, columns)
    ignore = content.get("ignore") or []
    if not isinstance(ignore, list) or not all(isinstance(one, str) for one in ignore):
        raise Refused('“ignore” of a mapping is a list of headers, like ["File"].')
    if "occurred_at" not in columns:
        raise Refused("The mapping does not say which column is occurred_at, the time of the contact.")
    named_headers = tuple(header for headers in columns.values() for header in headers)
    # The codes of systems that we know are understood also where a person says which column holds them.
    words = _words(content.get("words") or {})
    known_channels = {code: channel for one in formats() for code, channel in one.channels.items()}
    untagged = frozenset(code for one in formats() for code in one.untagged)
    title = "Columns chosen by hand"
    return Format(
        name=BY_MAPPING,
        title=title,
        columns=columns,
        identified_by=named_headers,
        constants=constants,
        ignore=tuple(ignore),
        channels={**known_channels, **words.get("channel", {})},
        directions=words.get("direction", {}),
        unit=_unit(content.get("units") or {}),
        untagged=untagged,
    )


def _unit(given: Any) -> str:  # noqa: ANN401
    """The unit of durations; empty where the mapping names none."""
    if not isinstance(given, Mapping) or set(given) - {"handle_seconds"}:
        raise Refused('“units” of a mapping says in what durations are written, like {"handle_seconds": "minutes"}.')
    unit = given.get("handle_seconds", "")
    if unit and unit not in UNITS:
        raise Refused(f"“{unit}” is no unit of durations. Units are: {', '.join(UNITS)}.")
    return str(unit)


def _words(given: Any) -> dict[str, dict[str, str]]:  # noqa: ANN401
    """By field, what a word of the file means, in lower case."""
    if not isinstance(given, Mapping) or not all(isinstance(words, Mapping) for words in given.values()):
        raise Refused('“words” of a mapping says what words mean, like {"channel": {"Anruf": "phone"}}.')
    for name, words in given.items():
        if name not in EXPLAINED:
            raise Refused(f"The words of “{name}” cannot be explained, only those of: {', '.join(EXPLAINED)}.")
        for word, meaning in words.items():
            if meaning not in EXPLAINED[name]:
                listed = ", ".join(EXPLAINED[name])
                raise Refused(f"For “{word}” the mapping says “{meaning}”, which is none of: {listed}.")
    return {name: {word.strip().casefold(): words[word] for word in words} for name, words in given.items()}


def _field(name: Any) -> str:  # noqa: ANN401
    if name not in FIELDS:
        raise Refused(f"The mapping names “{name}”, which is no field. Fields are: {', '.join(FIELDS)}.")
    return str(name)


def _headers(name: str, headers: Any) -> tuple[str, ...]:  # noqa: ANN401
    listed = [headers] if isinstance(headers, str) else headers
    if not isinstance(listed, list) or not listed or not all(isinstance(one, str) and one.strip() for one in listed):
        raise Refused(f"For “{name}” the mapping names no header. Write a header, or a list of headers.")
    if len(listed) > 1 and name not in JOINED:
        raise Refused(f"“{name}” can come from one column only; the mapping names {len(listed)}.")
    return tuple(listed)


def _constants(given: Any, columns: Mapping[str, Any]) -> dict[str, str]:  # noqa: ANN401
    if not isinstance(given, Mapping):
        raise Refused('“constants” of a mapping gives fields a value, like {"channel": "phone"}.')
    constants = {_field(name): str(value) for name, value in given.items()}
    for name in constants:
        if name in columns:
            raise Refused(f"The mapping takes “{name}” from a column and from a constant. Leave one out.")
        if name in {"occurred_at", "external_id", "attributes", "tracker_id"}:
            raise Refused(f"“{name}” cannot be the same for all rows. Name a column.")
    if "channel" in constants and constants["channel"] not in CHANNELS:
        raise Refused(f"“{constants['channel']}” is no channel. Channels are: {', '.join(CHANNELS)}.")
    return constants


def _read(path: Path) -> Format:
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    columns = {
        name: (headers,) if isinstance(headers, str) else tuple(headers) for name, headers in content["columns"].items()
    }
    return Format(
        name=path.stem,
        title=content["title"],
        columns=columns,
        identified_by=tuple(content["identified_by"]),
        constants=content.get("constants", {}),
        ignore=tuple(content.get("ignore", ())),
        channels={code.casefold(): channel for code, channel in content.get("channels", {}).items()},
        untagged=frozenset(code.casefold() for code in content.get("untagged", ())),
    )

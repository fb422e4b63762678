"""Mappings: which column of a file becomes which field, as a person says it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.contacts.durations import UNITS
from app.contacts.formats.known import ANY_OTHER, Format, formats, named
from app.contacts.rules import CHANNELS, FIELDS
from app.contacts.words import EXPLAINED
from app.values.errors import Refused

BY_MAPPING = "mapping"
# Several columns make levels of a reason, or a date and a time; durations are added.
JOINED = frozenset({"occurred_at", "reason", "handle_seconds"})
PARTS = ("columns", "constants", "ignore", "units", "words", "format")


def of_mapping(content: Any) -> Format:  # noqa: ANN401  (it is what somebody wrote)
    """A mapping file as a format; raises Refused with a sentence where it cannot be one."""
    if not isinstance(content, Mapping) or not isinstance(content.get("columns"), Mapping):
        raise Refused('A mapping is {"columns": {field: header, ...}, "constants": {...}, "ignore": [...]}.')
    if strange := sorted(set(content) - set(PARTS)):
        raise Refused(f"A mapping has {', '.join(PARTS[:-1])} and {PARTS[-1]}, but no “{strange[0]}”.")
    columns = {_field(name): _headers(name, headers) for name, headers in content["columns"].items()}
    constants = _constants(content.get("constants") or {}, columns)
    ignore = content.get("ignore") or []
    if not isinstance(ignore, list) or not all(isinstance(one, str) for one in ignore):
        raise Refused('“ignore” of a mapping is a list of headers, like ["File"].')
    if "occurred_at" not in columns:
        raise Refused("The mapping does not say which column is occurred_at, the time of the contact.")
    # The codes of systems that we know are understood also where a person says which column holds them.
    words = _words(content.get("words") or {})
    codes = {code: channel for one in formats() for code, channel in one.channels.items() if code != ANY_OTHER}
    based_on = _base(content.get("format"))
    unit = _unit(content.get("units") or {})
    return replace(
        based_on,
        name=BY_MAPPING,
        title="Columns chosen by hand",
        columns=columns,
        identified_by=(tuple(header for headers in columns.values() for header in headers),),
        constants={name: value for name, value in based_on.constants.items() if name not in columns} | constants,
        ignore=tuple(ignore),
        instead={
            field: headers
            for field, headers in based_on.instead.items()
            if field not in columns and field not in constants
        },
        reason_among="",
        channels={**codes, **based_on.channels, **words.get("channel", {})},
        directions={**based_on.directions, **words.get("direction", {})},
        untagged=frozenset(code for one in formats() for code in one.untagged),
        styles=replace(based_on.styles, unit=unit or based_on.styles.unit),
    )


def _base(name: Any) -> Format:  # noqa: ANN401
    """The format whose styles and structure hold also where its columns are chosen by hand."""
    if name is None:
        return Format(name=BY_MAPPING, title="", columns={}, identified_by=())
    if not isinstance(name, str):
        raise Refused("“format” of a mapping is the name of a format, like “connect”.")
    return named(name)


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

"""Which column of a file becomes which field: between the form on the page and a mapping's content."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from app.contacts.formats import Format
from app.contacts.rules import CHANNELS, FIELDS, Column
from app.contacts.words import EXPLAINED
from app.values.errors import Refused

NOTHING: Mapping[str, Mapping[str, str]] = MappingProxyType({})
ATTRIBUTE, IGNORED = "attribute", "ignored"
# A field that several columns make together: each has its place, and an answer of its own on the page.
PARTS = {
    "occurred_at": ("occurred_at", "occurred_at-2"),
    "reason": ("reason", "reason-2", "reason-3"),
    "handle_seconds": ("handle_seconds", "handle_seconds-2", "handle_seconds-3"),
}
ANSWERS = {
    "occurred_at": "When it came",
    "occurred_at-2": "When it came, time of day",
    "reason": "Reason, first level",
    "reason-2": "Reason, second level",
    "reason-3": "Reason, third level",
    **{name: words.capitalize() for name, words in FIELDS.items() if name not in PARTS},
    "handle_seconds": "Handle time",
    "handle_seconds-2": "Handle time, added to it",
    "handle_seconds-3": "Handle time, added too",
    ATTRIBUTE: "Attribute, kept to search",
    IGNORED: "Not taken in",
}


def content(
    headers: Sequence[str],
    answers: Sequence[str],
    channel: str,
    unit: str = "",
    words: Mapping[str, Mapping[str, str]] = NOTHING,
    based_on: str | None = None,
) -> dict[str, Any]:
    """A mapping from an answer for each column; raises Refused where it cannot be one.

    What is known of the format `based_on` beside its columns, like the unit of its durations, goes on to hold.
    """
    chosen = _chosen(headers, answers)
    columns: dict[str, str | list[str]] = {}
    for field in FIELDS:
        found = [chosen[part] for part in PARTS.get(field, (field,)) if part in chosen]
        if found:
            columns[field] = found if len(found) > 1 else found[0]
    made: dict[str, Any] = {"columns": columns}
    if channel in CHANNELS and "channel" not in columns:
        made["constants"] = {"channel": channel}
    if unit and "handle_seconds" in columns:
        made["units"] = {"handle_seconds": unit}
    if explained := {field: dict(said) for field, said in words.items() if said and field in columns}:
        made["words"] = explained
    if based_on is not None:
        made["format"] = based_on
    ignored = [header for header, answer in zip(headers, answers, strict=True) if answer == IGNORED and header]
    return {**made, "ignore": ignored} if ignored else made


def _chosen(headers: Sequence[str], answers: Sequence[str]) -> dict[str, str]:
    """The header of each answer that makes a field."""
    chosen: dict[str, str] = {}
    for header, answer in zip(headers, answers, strict=True):
        if answer not in ANSWERS:
            raise Refused(f"For the column “{header}” nothing that we know was chosen. Choose from its list.")
        if answer in {ATTRIBUTE, IGNORED}:
            continue
        if answer in chosen:
            raise Refused(f"“{chosen[answer]}” and “{header}” both become “{ANSWERS[answer]}”. Change one of them.")
        chosen[answer] = header
    if "occurred_at" not in chosen:
        raise Refused("No column becomes “When it came”. Choose the one that holds the date of the contact.")
    return chosen


def answers(columns: Sequence[Column], known: Format | None) -> list[str]:
    """What each column becomes, as the page's lists know it; a format says which column is which level."""
    given: dict[str, str] = {}
    if known is not None:
        for field, headers in known.columns.items():
            given.update(zip(map(known.told, headers), PARTS.get(field, (field,)), strict=False))
    told = [column.header if known is None else known.told(column.header) for column in columns]
    found: list[str] = []
    for name, column in zip(told, columns, strict=True):
        answer = given.get(name, column.becomes) if column.becomes in FIELDS else column.becomes
        # A second column for the customer names them where the first is empty; chosen by hand there is one.
        found.append(IGNORED if answer == "customer" and answer in found else answer)
    return found


def base_of(mapping: Mapping[str, Any] | None, known: Format | None) -> str | None:
    """The format whose ways of writing hold where columns are chosen by hand; none where it has no ways of its own."""
    if mapping is not None:
        based_on = mapping.get("format")
        return None if based_on is None else str(based_on)
    return known.name if known is not None and known.has_ways else None


def channel_of(mapping: Mapping[str, Any] | None) -> str:
    """The channel that a mapping gives to every row; empty where it gives none."""
    return str(((mapping or {}).get("constants") or {}).get("channel", ""))


def unit_of(mapping: Mapping[str, Any] | None) -> str:
    """The unit of durations that a mapping names; empty where the header says it."""
    return str(((mapping or {}).get("units") or {}).get("handle_seconds", ""))


def explained(mapping: Mapping[str, Any] | None, unknown: Iterable[tuple[str, str]] = ()) -> dict[str, dict[str, str]]:
    """By field, each word that needs a meaning, with the one that it has; empty where it has none yet."""
    said = (mapping or {}).get("words") or {}
    words = {field: dict(said.get(field, {})) for field in EXPLAINED}
    for field, word in unknown:
        words[field].setdefault(word, "")
    return words


def becomes(column: Column) -> str:
    """What a column becomes, in words."""
    if column.becomes in PARTS:
        return FIELDS[column.becomes].capitalize()
    return ANSWERS.get(column.becomes, column.becomes)

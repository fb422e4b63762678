"""Which column of a file becomes which field: between the form on the page and a mapping's content."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.contacts.formats import Format
from app.contacts.reading import key
from app.contacts.rules import CHANNELS, FIELDS, Column
from app.values.errors import Refused

ATTRIBUTE, IGNORED = "attribute", "ignored"
# A field that several columns make together: each has its place, and an answer of its own on the page.
PARTS = {"occurred_at": ("occurred_at", "occurred_at-2"), "reason": ("reason", "reason-2", "reason-3")}
ANSWERS = {
    "occurred_at": "When it came",
    "occurred_at-2": "When it came, time of day",
    "reason": "Reason, first level",
    "reason-2": "Reason, second level",
    "reason-3": "Reason, third level",
    **{name: words.capitalize() for name, words in FIELDS.items() if name not in PARTS},
    ATTRIBUTE: "Attribute, kept to search",
    IGNORED: "Not taken in",
}


def content(headers: Sequence[str], answers: Sequence[str], channel: str) -> dict[str, Any]:
    """A mapping from an answer for each column; raises Refused where it cannot be one."""
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
    columns: dict[str, str | list[str]] = {}
    for field in FIELDS:
        found = [chosen[part] for part in PARTS.get(field, (field,)) if part in chosen]
        if found:
            columns[field] = found if len(found) > 1 else found[0]
    made: dict[str, Any] = {"columns": columns}
    if channel in CHANNELS and "channel" not in columns:
        made["constants"] = {"channel": channel}
    ignored = [header for header, answer in zip(headers, answers, strict=True) if answer == IGNORED]
    return {**made, "ignore": ignored} if ignored else made


def answers(columns: Sequence[Column], known: Format | None) -> list[str]:
    """What each column becomes, as the page's lists know it; a format says which column is which level."""
    given: dict[str, str] = {}
    if known is not None:
        for field, headers in known.columns.items():
            given.update(zip(map(key, headers), PARTS.get(field, (field,)), strict=False))
    return [
        given.get(key(column.header), ATTRIBUTE) if column.becomes in FIELDS else column.becomes for column in columns
    ]


def channel_of(mapping: Mapping[str, Any] | None) -> str:
    """The channel that a mapping gives to every row; empty where it gives none."""
    return str(((mapping or {}).get("constants") or {}).get("channel", ""))


def becomes(column: Column) -> str:
    """What a column becomes, in words."""
    if column.becomes in PARTS:
        return FIELDS[column.becomes].capitalize()
    return ANSWERS.get(column.becomes, column.becomes)

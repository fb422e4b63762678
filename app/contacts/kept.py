"""Choices and previews as a batch keeps them in JSON, and back again."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from app.contacts.progress import Begun
from app.contacts.rules import AUTO, Choices, Column, Counts, Preview, Rejection


def of_choices(choices: Choices) -> dict[str, Any]:
    """Choices without their source, which the batch names itself."""
    facts = asdict(choices)
    del facts["source"]
    return facts


def choices(facts: Mapping[str, Any], source: str) -> Choices:
    """The choices that were kept."""
    return Choices(
        source=source,
        format=facts.get("format", AUTO),
        mapping=facts.get("mapping"),
        timezone=facts.get("timezone"),
        date_order=facts.get("date_order"),
        creates_reasons=facts.get("creates_reasons", True),
    )


def of_begun(begun: Begun) -> dict[str, Any]:
    """Where a process began, in plain JSON values."""
    return {**asdict(begun), "at": begun.at.isoformat()}


def begun(facts: Mapping[str, Any]) -> Begun:
    """Where the process began."""
    return Begun(datetime.fromisoformat(facts["at"]), facts["read"], facts["position"])


def of_preview(preview: Preview) -> dict[str, Any]:
    """A preview in plain JSON values."""
    facts = asdict(preview)
    facts["first_day"] = None if preview.first_day is None else preview.first_day.isoformat()
    facts["last_day"] = None if preview.last_day is None else preview.last_day.isoformat()
    return facts


def preview(facts: Mapping[str, Any]) -> Preview:
    """The preview that was kept."""
    return Preview(
        format=facts["format"],
        encoding=facts["encoding"],
        delimiter=facts["delimiter"],
        counts=Counts(**facts["counts"]),
        first_day=_day(facts["first_day"]),
        last_day=_day(facts["last_day"]),
        columns=tuple(Column(one["header"], one["becomes"], tuple(one["examples"])) for one in facts["columns"]),
        rejections=tuple(Rejection(**{**one, "row": tuple(one["row"])}) for one in facts["rejections"]),
        unknown_reasons=tuple((value, rows) for value, rows in facts["unknown_reasons"]),
        unknown_reason_count=facts["unknown_reason_count"],
        remarks=tuple(facts["remarks"]),
        unknown_words=tuple((field, word) for field, word in facts.get("unknown_words", ())),
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)

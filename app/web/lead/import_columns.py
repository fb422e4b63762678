"""Saying what each column of a file becomes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.contacts import formats, importing, queries
from app.contacts.binding import chosen_format
from app.contacts.durations import UNITS
from app.contacts.formats import Format
from app.contacts.queries import Batch
from app.contacts.rules import CHANNEL_NAMES, DIRECTIONS, Column
from app.contacts.words import EXPLAINED
from app.values.errors import Refused
from app.values.lines import one_line
from app.web import work
from app.web.access import allow
from app.web.lead import import_mapping
from app.web.lead.blueprint import pages
from app.web.lead.imports import rechoose

LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Answers:
    """What each column becomes, every row's channel, the unit of durations, and by field what its words mean."""

    becomes: Sequence[str]
    channel: str
    unit: str
    words: Mapping[str, Mapping[str, str]]

    @property
    def said(self) -> dict[str, dict[str, str]]:
        """The words that were given a meaning."""
        return {
            field: {word: meaning for word, meaning in words.items() if meaning} for field, words in self.words.items()
        }


@pages.get("/imports/<int:batch_id>/columns")
@allow("lead")
def import_columns(batch_id: int) -> ResponseReturnValue:
    """Each column with examples, and what it becomes."""
    batch = queries.batch(work.reading(), batch_id)
    columns = _columns(batch)
    given = import_mapping.answers(columns, _known(batch, columns))
    mapping = batch.choices.mapping
    unknown = batch.preview.unknown_words if batch.preview else ()
    words = import_mapping.explained(mapping, unknown)
    answers = Answers(given, import_mapping.channel_of(mapping), import_mapping.unit_of(mapping), words)
    return _page(batch, columns, answers)


@pages.post("/imports/<int:batch_id>/columns")
@allow("lead")
def import_columns_chosen(batch_id: int) -> ResponseReturnValue:
    """Take the answers, keep them under a name where one is given, and look through the file again."""
    batch = queries.batch(work.reading(), batch_id)
    columns = _columns(batch)
    answers = _answers(len(columns))
    name = one_line(request.form.get("name", ""))[:LONGEST_NAME]
    try:
        headers = [column.header for column in columns]
        based_on = import_mapping.base_of(batch.choices.mapping, _known(batch, columns))
        content = import_mapping.content(
            headers, answers.becomes, answers.channel, answers.unit, answers.said, based_on
        )
        formats.of_mapping(content)
        if name:
            work.write(lambda session: importing.save_mapping(session, name, content, by=work.me(), at=work.now()))
            flash(f"These columns are kept under the name “{name}”.")
    except Refused as error:
        return _page(batch, columns, answers, name=name, sentence=error.sentence)
    rechoose(batch_id, replace(batch.choices, mapping=content))
    return redirect(url_for("lead.import_batch", batch_id=batch_id))


def _answers(number: int) -> Answers:
    """What was chosen on the page, for so many columns."""
    sent = request.form
    becomes = [sent.get(f"becomes-{place}", import_mapping.ATTRIBUTE) for place in range(number)]
    words = {
        field: {
            name.removeprefix(f"{field}:"): meaning for name, meaning in sent.items() if name.startswith(f"{field}:")
        }
        for field in EXPLAINED
    }
    return Answers(becomes, sent.get("channel", ""), sent.get("unit", ""), words)


def _known(batch: Batch, columns: Sequence[Column]) -> Format | None:
    """The format that was chosen or recognised."""
    return chosen_format(batch.choices) or formats.recognised([column.header for column in columns])


def _columns(batch: Batch) -> Sequence[Column]:
    return batch.preview.columns if batch.preview else importing.columns(work.settings(), batch)


def _page(
    batch: Batch, columns: Sequence[Column], answers: Answers, *, name: str = "", sentence: str = ""
) -> ResponseReturnValue:
    page = render_template(
        "lead/import_columns.html",
        batch=batch,
        columns=list(zip(columns, answers.becomes, strict=True)),
        answers=import_mapping.ANSWERS,
        chosen=answers,
        channels=CHANNEL_NAMES,
        units=UNITS,
        meanings={"channel": CHANNEL_NAMES, "direction": {name: name for name in DIRECTIONS}},
        name=name,
        sentence=sentence,
    )
    return page, 422 if sentence else 200

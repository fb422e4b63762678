"""Saying what each column of a file becomes."""

from collections.abc import Sequence
from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.contacts import formats, importing, queries
from app.contacts.binding import chosen_format
from app.contacts.queries import Batch
from app.contacts.rules import CHANNEL_NAMES, Column
from app.values.errors import Refused
from app.web import work
from app.web.access import allow
from app.web.lead import import_mapping
from app.web.lead.blueprint import pages
from app.web.lead.imports import rechoose

LONGEST_NAME = 120


@pages.get("/imports/<int:batch_id>/columns")
@allow("lead")
def import_columns(batch_id: int) -> ResponseReturnValue:
    """Each column with examples, and what it becomes."""
    batch = queries.batch(work.reading(), batch_id)
    columns = _columns(batch)
    known = chosen_format(batch.choices) or formats.recognised([column.header for column in columns])
    given = import_mapping.answers(columns, known)
    return _page(batch, columns, given, import_mapping.channel_of(batch.choices.mapping))


@pages.post("/imports/<int:batch_id>/columns")
@allow("lead")
def import_columns_chosen(batch_id: int) -> ResponseReturnValue:
    """Take the answers, keep them under a name where one is given, and look through the file again."""
    batch = queries.batch(work.reading(), batch_id)
    columns = _columns(batch)
    given = [request.form.get(f"becomes-{number}", import_mapping.ATTRIBUTE) for number in range(len(columns))]
    channel, name = request.form.get("channel", ""), request.form.get("name", "").strip()[:LONGEST_NAME]
    try:
        content = import_mapping.content([column.header for column in columns], given, channel)
        if name:
            work.write(lambda session: importing.save_mapping(session, name, content, by=work.me(), at=work.now()))
            flash(f"These columns are kept under the name “{name}”.")
    except Refused as error:
        return _page(batch, columns, given, channel, name=name, sentence=error.sentence)
    rechoose(batch_id, replace(batch.choices, mapping=content))
    return redirect(url_for("lead.import_batch", batch_id=batch_id))


def _columns(batch: Batch) -> Sequence[Column]:
    return batch.preview.columns if batch.preview else importing.columns(work.settings(), batch)


def _page(
    batch: Batch, columns: Sequence[Column], given: Sequence[str], channel: str, *, name: str = "", sentence: str = ""
) -> ResponseReturnValue:
    page = render_template(
        "lead/import_columns.html",
        batch=batch,
        columns=list(zip(columns, given, strict=True)),
        answers=import_mapping.ANSWERS,
        channel=channel,
        channels=CHANNEL_NAMES,
        name=name,
        sentence=sentence,
    )
    return page, 422 if sentence else 200

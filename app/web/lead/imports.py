"""Imports: the files, one file on its way, what it would bring, what it brought, and the way back."""

from collections.abc import Iterator
from dataclasses import replace

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from app.contacts import batches, formats, importing, queries, undoing
from app.contacts.queries import Batch
from app.contacts.rejects import rejects_csv
from app.contacts.rules import DATE_ORDERS, Choices
from app.values import figures
from app.values.errors import Refused
from app.values.periods import ONE_DAY
from app.web import work
from app.web.access import allow
from app.web.forms import Form
from app.web.lead import import_mapping, import_words
from app.web.lead.blueprint import pages

SHOWN_REJECTIONS = 10
DATE_QUESTION = "Choose day-month-year or month-day-year."


class UploadForm(Form):
    """A file, and the system that it comes from."""

    file = FileField("File", [FileRequired("Choose a file first.")])
    source = StringField(
        "Source",
        [InputRequired("Name the system that the file comes from, like Zendesk."), Length(max=120)],
    )
    timezone = StringField("Time zone of its times", [Length(max=64)])
    mapping = SelectField("Its columns", validate_choice=False)


@pages.get("/imports")
@allow("lead")
def imports() -> ResponseReturnValue:
    """The files that came in, and the place to drop the next one."""
    return render_template("lead/imports.html", form=_upload_form(), **_listed())


@pages.post("/imports")
@allow("lead")
def import_upload() -> ResponseReturnValue:
    """Keep the file and have it looked through."""
    form = _upload_form()
    if form.validate_on_submit():
        try:
            batch_id = _received(form)
        except Refused as error:
            form.form_errors.append(error.sentence)
        else:
            work.jobs().preview_batch(batch_id)
            return redirect(url_for("lead.import_batch", batch_id=batch_id))
    return render_template("lead/imports.html", form=form, **_listed()), 422


@pages.get("/imports/<int:batch_id>")
@allow("lead")
def import_batch(batch_id: int) -> ResponseReturnValue:
    """One import, wherever it is on its way."""
    batch = queries.batch(work.reading(), batch_id)
    rejections = (
        batch.preview.rejections[:SHOWN_REJECTIONS]
        if batch.preview and batch.state == "previewed"
        else tuple(queries.rejections(work.reading(), batch_id, limit=SHOWN_REJECTIONS))
    )
    return render_template(
        "lead/import_batch.html",
        batch=batch,
        rejections=rejections,
        days=_days(batch),
        format_title=_format_title(batch),
        asks_date_order=_asks_date_order(batch),
        becomes=import_mapping.becomes,
        **_progress(),
    )


@pages.get("/imports/<int:batch_id>/progress")
@allow("lead")
def import_progress(batch_id: int) -> ResponseReturnValue:
    """How far it got, for a page to ask again and again; when it is over its own page is loaded anew.

    The list is not, since somebody may have chosen the next file there.
    """
    batch = queries.batch(work.reading(), batch_id)
    is_listed = "listed" in request.args
    page = render_template("lead/import_progress.html", batch=batch, is_listed=is_listed, **_progress())
    answer = Response(page)
    if not (is_listed or import_words.is_moving(batch)):
        answer.headers["HX-Refresh"] = "true"
    return answer


@pages.post("/imports/<int:batch_id>/choices")
@allow("lead")
def import_choices(batch_id: int) -> ResponseReturnValue:
    """Answer what the file left open, and have it looked through again."""
    batch = queries.batch(work.reading(), batch_id)
    form = request.form
    choices = batch.choices
    if form.get("date_order") in DATE_ORDERS:
        choices = replace(choices, date_order=form["date_order"])
    if "creates_reasons" in form:
        choices = replace(choices, creates_reasons=form["creates_reasons"] == "yes")
    rechoose(batch_id, choices)
    return redirect(url_for("lead.import_batch", batch_id=batch_id))


@pages.post("/imports/<int:batch_id>/confirm")
@allow("lead")
def import_confirm(batch_id: int) -> ResponseReturnValue:
    """Take it in; pressed twice it is taken in once."""
    try:
        if work.write(lambda session: importing.confirm(session, batch_id, at=work.now())):
            work.jobs().run_batch(batch_id, work.me())
    except Refused as error:
        flash(error.sentence)
    return redirect(url_for("lead.import_batch", batch_id=batch_id))


@pages.post("/imports/<int:batch_id>/forget")
@allow("lead")
def import_forget(batch_id: int) -> ResponseReturnValue:
    """Remove a file that was not taken in."""
    try:
        work.write(lambda db: batches.forget(db, work.settings(), batch_id, by=work.me(), at=work.now()))
    except Refused as error:
        flash(error.sentence)
        return redirect(url_for("lead.import_batch", batch_id=batch_id))
    flash("The file was removed. Nothing of it was taken in.")
    return redirect(url_for("lead.imports"))


@pages.post("/imports/<int:batch_id>/resume")
@allow("lead")
def import_resume(batch_id: int) -> ResponseReturnValue:
    """Go on with an import that stopped."""
    if work.write(lambda session: batches.resume(session, batch_id, at=work.now())):
        work.jobs().run_batch(batch_id, work.me())
    return redirect(url_for("lead.import_batch", batch_id=batch_id))


@pages.get("/imports/<int:batch_id>/taking-back")
@allow("lead")
def import_taking_back(batch_id: int) -> ResponseReturnValue:
    """Say what undo would change, before anybody confirms it."""
    db = work.reading()
    return render_template(
        "lead/import_taking_back.html", batch=queries.batch(db, batch_id), extent=undoing.extent(db, batch_id)
    )


@pages.post("/imports/<int:batch_id>/undo")
@allow("lead")
def import_undo(batch_id: int) -> ResponseReturnValue:
    """Take it back; pressed twice it is taken back once."""
    try:
        if work.write(lambda session: undoing.begin(session, batch_id, at=work.now())) is not None:
            work.jobs().undo_batch(batch_id, work.me())
    except Refused as error:
        flash(error.sentence)
    return redirect(url_for("lead.import_batch", batch_id=batch_id))


@pages.get("/imports/<int:batch_id>/rejects.csv")
@allow("lead")
def import_rejects(batch_id: int) -> ResponseReturnValue:
    """The rejected rows as a file, to be corrected and imported again."""
    queries.batch(work.reading(), batch_id)
    database = work.database()

    def written() -> Iterator[str]:
        with database.reading() as session:
            yield from rejects_csv(session, batch_id)

    headers = {"Content-Disposition": f'attachment; filename="import-{batch_id}-rejects.csv"'}
    return Response(written(), mimetype="text/csv", headers=headers)


def rechoose(batch_id: int, choices: Choices) -> None:
    """Change what was decided about a file and have it looked through again; say why where that is refused."""
    try:
        work.write(lambda session: importing.choose(session, batch_id, choices, at=work.now()))
    except Refused as error:
        flash(error.sentence)
        return
    work.jobs().preview_batch(batch_id)


def _upload_form() -> UploadForm:
    form = UploadForm()
    names = queries.saved_mappings(work.reading())
    form.mapping.choices = [
        SelectChoice("", "Recognised by their headers"),
        *(SelectChoice(name, f"Like “{name}”") for name in names),
    ]
    return form


def _received(form: UploadForm) -> int:
    upload = form.file.data
    name = (upload.filename or "file").replace("\\", "/").rpartition("/")[2]
    mapping = queries.saved_mapping(work.reading(), form.mapping.data) if form.mapping.data else None
    zone = (form.timezone.data or "").strip() or None
    choices = Choices(source=form.source.data, mapping=mapping, timezone=zone)
    work.close_reading()
    return importing.receive(
        work.database(), work.settings(), upload.stream, name, choices, by=work.me(), at=work.now()
    )


def _days(batch: Batch) -> str:
    """The days that the file's contacts came on."""
    first, last = (batch.preview or batch).first_day, (batch.preview or batch).last_day
    return figures.period(first, last + ONE_DAY) if first and last else ""


def _format_title(batch: Batch) -> str:
    """How the columns were understood."""
    if batch.preview is None or batch.preview.format == formats.BY_MAPPING:
        return "Chosen by hand."
    return f"{formats.named(batch.preview.format).title}, recognised by the headers."


def _asks_date_order(batch: Batch) -> bool:
    return batch.trouble is not None and DATE_QUESTION in batch.trouble


def _progress() -> dict[str, object]:
    """What the progress of any import is said with."""
    return {"words": import_words, "now": work.now(), "under_way": queries.unfinished(work.reading())}


def _listed() -> dict[str, object]:
    db = work.reading()
    listed = queries.batches(db)
    return {
        "sources": queries.sources(db),
        "moving": [batch for batch in listed if import_words.is_moving(batch)],
        "batches": [batch for batch in listed if not import_words.is_moving(batch)],
        "is_listed": True,
        **_progress(),
        "zone": work.settings().timezone.key,
        "limit_bytes": work.settings().upload_limit_bytes,
    }

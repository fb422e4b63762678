"""Totals: contacts that come as figures by the day, the week or the month."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from app.contacts import queries as contacts
from app.counting import period_files, total_imports, totals
from app.counting.period_rows import read_totals
from app.counting.total_imports import KIND, TotalChoices
from app.values.errors import Refused
from app.web import work
from app.web.access import allow
from app.web.lead import period_pages
from app.web.lead.blueprint import pages
from app.web.lead.period_pages import EVERY, FileForm


class TotalsForm(FileForm):
    """A file of totals, the system that it comes from, and how long its periods are."""

    source = StringField(
        "Source", [InputRequired("Name the system that the totals come from, like Zendesk."), Length(max=120)]
    )
    grain = SelectField("Each row is about one of these", choices=[SelectChoice(*one) for one in EVERY])


@pages.get("/totals")
@allow("lead")
def totals_given() -> ResponseReturnValue:
    """What sources gave as totals, and the place for the next file."""
    return _page(TotalsForm(formdata=None))


@pages.post("/totals")
@allow("lead")
def totals_upload() -> ResponseReturnValue:
    """Take in a file of totals."""
    form = TotalsForm()
    if form.validate_on_submit():
        zone = work.settings().timezone.key
        choices = TotalChoices(form.source.data, form.grain.data, zone)
        by, at = work.me(), work.now()
        try:
            rows = period_pages.read(form, read_totals)
            file_id = work.write_and_count(lambda db: total_imports.take_in(db, rows, choices, by=by, at=at))
        except Refused as error:
            form.form_errors.append(error.sentence)
        else:
            return redirect(url_for("lead.totals_file", file_id=file_id))
    return _page(form), 422


@pages.get("/totals/files/<int:file_id>")
@allow("lead")
def totals_file(file_id: int) -> ResponseReturnValue:
    """One file of totals, and what became of its rows."""
    return period_pages.page(KIND, file_id, "total")


@pages.get("/totals/files/<int:file_id>/rejects.csv")
@allow("lead")
def totals_rejects(file_id: int) -> ResponseReturnValue:
    """The rejected rows of a file of totals."""
    return period_pages.rejects(KIND, file_id)


@pages.post("/totals/files/<int:file_id>/remove")
@allow("lead")
def totals_remove(file_id: int) -> ResponseReturnValue:
    """Take a file of totals back; pressed twice it is taken back once."""
    by, at = work.me(), work.now()
    try:
        work.write_and_count(lambda db: total_imports.remove(db, file_id, by=by, at=at))
    except Refused as error:
        flash(error.sentence)
    return redirect(url_for("lead.totals_file", file_id=file_id))


def _page(form: TotalsForm) -> str:
    db = work.reading()
    return render_template(
        "lead/totals.html",
        form=form,
        given=totals.given(db, period_pages.is_open()),
        files=period_files.all_brought(db, KIND),
        sources=contacts.sources(db),
        gaps=period_pages.gaps_text,
    )

"""Drivers: what contacts grow with, like orders or customers."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import Length

from app.counting import driver_imports, period_files
from app.counting import drivers as known_drivers
from app.counting.driver_imports import KIND, LONGEST_NAME, LONGEST_UNIT, DriverChoices
from app.counting.period_rows import read_drivers
from app.values.errors import Refused
from app.web import work
from app.web.access import allow
from app.web.lead import period_pages
from app.web.lead.blueprint import pages
from app.web.lead.period_pages import EVERY, FileForm


class DriversForm(FileForm):
    """A file of drivers; where no column names the driver, its name."""

    driver = StringField("Driver", [Length(max=LONGEST_NAME)])
    unit = StringField("Unit", [Length(max=LONGEST_UNIT)])
    grain = SelectField(
        "Each row is about one of these",
        choices=[SelectChoice("", "As the dates show"), *(SelectChoice(*one) for one in EVERY)],
        default="",
    )


@pages.get("/drivers")
@allow("lead")
def drivers() -> ResponseReturnValue:
    """The drivers that are known, and the place for the next file."""
    return _page(DriversForm(formdata=None))


@pages.post("/drivers")
@allow("lead")
def drivers_upload() -> ResponseReturnValue:
    """Take in a file of drivers."""
    form = DriversForm()
    if form.validate_on_submit():
        choices = DriverChoices(form.driver.data or "", form.unit.data or "", form.grain.data or None)
        by, at = work.me(), work.now()
        try:
            rows = period_pages.read(form, read_drivers)
            file_id = work.write(lambda db: driver_imports.take_in(db, rows, choices, by=by, at=at))
        except Refused as error:
            form.form_errors.append(error.sentence)
        else:
            return redirect(url_for("lead.drivers_file", file_id=file_id))
    return _page(form), 422


@pages.get("/drivers/files/<int:file_id>")
@allow("lead")
def drivers_file(file_id: int) -> ResponseReturnValue:
    """One file of drivers, and what became of its rows."""
    return period_pages.page(KIND, file_id, "figure")


@pages.get("/drivers/files/<int:file_id>/rejects.csv")
@allow("lead")
def drivers_rejects(file_id: int) -> ResponseReturnValue:
    """The rejected rows of a file of drivers."""
    return period_pages.rejects(KIND, file_id)


@pages.post("/drivers/files/<int:file_id>/remove")
@allow("lead")
def drivers_remove(file_id: int) -> ResponseReturnValue:
    """Take a file of drivers back; pressed twice it is taken back once."""
    by, at = work.me(), work.now()
    try:
        work.write(lambda db: driver_imports.remove(db, file_id, by=by, at=at))
    except Refused as error:
        flash(error.sentence)
    return redirect(url_for("lead.drivers_file", file_id=file_id))


def _page(form: DriversForm) -> str:
    db = work.reading()
    return render_template(
        "lead/drivers.html",
        form=form,
        known=known_drivers.known(db, period_pages.is_open()),
        files=period_files.all_brought(db, KIND),
        gaps=period_pages.gaps_text,
    )

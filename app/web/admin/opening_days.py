"""When the centre is open: weekdays, single closed days, a year's public holidays."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectMultipleField, StringField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from app.counting import actions, queries
from app.counting.rules import WEEKDAY_NAMES, Opening
from app.values.errors import Refused
from app.values.figures import counted
from app.values.figures import day as day_text
from app.web import work
from app.web.access import allow
from app.web.admin.blueprint import pages
from app.web.fields import DayField, WholeField, day_from_text, row_id
from app.web.forms import Form

LEAST_OF_A_STRETCH = 3


class WeekdaysForm(Form):
    """The weekdays on which the centre takes contacts."""

    weekdays = SelectMultipleField(
        "Open on",
        choices={str(number): name for number, name in enumerate(WEEKDAY_NAMES)},
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )


class ClosedDayForm(Form):
    """One day on which the centre is closed."""

    day = DayField("Day", needed="Choose the day.")
    name = StringField("Why", [InputRequired("Say why the centre is closed, like “Stocktaking”.")])


class HolidaysForm(Form):
    """A year's public holidays of a country or of one of its regions."""

    country = StringField("Country, two letters", [InputRequired("Write the country's two letters, like CA.")])
    region = StringField("Region, if it has its own")
    year = WholeField("Year", needed="Write the year, like 2026.")


@pages.get("/settings/opening-days")
@allow("admin")
def opening_days() -> ResponseReturnValue:
    """Weekdays and closed days as they are set."""
    return _page()


@pages.post("/settings/opening-days/weekdays")
@allow("admin")
def opening_weekdays() -> ResponseReturnValue:
    """Set the open weekdays."""
    form = WeekdaysForm()
    if form.validate_on_submit():
        chosen = [int(number) for number in form.weekdays.data or ()]
        try:
            work.write(lambda db: actions.set_open_weekdays(db, chosen, by=work.me(), at=work.now()))
        except Refused as error:
            form.form_errors.append(error.sentence)
        else:
            flash("The open weekdays are kept.")
            return redirect(url_for("admin.opening_days"))
    return _page(weekdays=form)


@pages.post("/settings/opening-days/closed")
@allow("admin")
def closed_day_add() -> ResponseReturnValue:
    """Close one day."""
    form = ClosedDayForm()
    if form.validate_on_submit():
        day, name = form.day.data, form.name.data
        try:
            work.write(lambda db: actions.close_day(db, day, name, by=work.me(), at=work.now()))
        except Refused as error:
            form.form_errors.append(error.sentence)
        else:
            flash(f"The centre is closed on {day_text(day)}.")
            return redirect(url_for("admin.opening_days", year=day.year))
    return _page(closed=form)


@pages.post("/settings/opening-days/open")
@allow("admin")
def closed_day_remove() -> ResponseReturnValue:
    """Open a day again."""
    day = day_from_text(request.form.get("day", ""))
    work.write(lambda db: actions.open_day(db, day, by=work.me(), at=work.now()))
    flash(f"The centre is open on {day_text(day)}, if its weekday is.")
    return redirect(url_for("admin.opening_days", year=day.year))


@pages.post("/settings/opening-days/holidays")
@allow("admin")
def holidays_close() -> ResponseReturnValue:
    """Close a year's public holidays."""
    form = HolidaysForm()
    if form.validate_on_submit():
        country, year = form.country.data.strip().upper(), form.year.data
        region = (form.region.data or "").strip().upper() or None
        try:
            added = work.write(
                lambda db: actions.close_public_holidays(db, country, region, year, by=work.me(), at=work.now())
            )
        except Refused as error:
            form.form_errors.append(error.sentence)
        else:
            flash(f"{counted(added, 'holiday')} of {year} added." if added else f"All of {year} were there already.")
            return redirect(url_for("admin.opening_days", year=year))
    return _page(holidays=form)


def _page(**sent: Form) -> ResponseReturnValue:
    """The page with its three forms; the one that was sent keeps what was typed."""
    opening = queries.opening(work.reading())
    is_open = [str(number) for number in open_weekdays(opening)]
    years = sorted({day.year for day in opening.closed_days} | {work.today().year})
    asked = request.args.get("year", type=row_id)
    year = asked if asked in years else work.today().year
    page = render_template(
        "admin/opening_days.html",
        weekdays=sent.get("weekdays") or WeekdaysForm(formdata=None, weekdays=is_open),
        closed=sent.get("closed") or ClosedDayForm(formdata=None),
        holidays=sent.get("holidays") or HolidaysForm(formdata=None, year=year),
        finding=_finding(opening),
        years=years,
        year=year,
        days=[(day, name) for day, name in opening.closed_days.items() if day.year == year],
    )
    return page, 422 if sent else 200


def _finding(opening: Opening) -> str:
    is_open = open_weekdays(opening)
    if len(is_open) == len(WEEKDAY_NAMES):
        return "The centre is open every day of the week."
    return f"The centre is open {in_words(is_open)}."


def open_weekdays(opening: Opening) -> list[int]:
    """The weekdays on which the centre is open, Monday being 0."""
    return [number for number in range(len(WEEKDAY_NAMES)) if number not in opening.closed_weekdays]


def in_words(weekdays: Sequence[int]) -> str:
    """Like Monday to Saturday, or on Monday, Wednesday and Friday; three in a row or more are told as one stretch."""
    stretches: list[list[int]] = []
    for number in weekdays:
        if stretches and stretches[-1][-1] == number - 1:
            stretches[-1].append(number)
        else:
            stretches.append([number])
    told: list[str] = []
    for stretch in stretches:
        names = [WEEKDAY_NAMES[number] for number in stretch]
        told += [f"{names[0]} to {names[-1]}"] if len(names) >= LEAST_OF_A_STRETCH else names
    words = f"{', '.join(told[:-1])} and {told[-1]}" if told[1:] else "".join(told)
    return words if len(stretches) == 1 and len(weekdays) >= LEAST_OF_A_STRETCH else f"on {words}"

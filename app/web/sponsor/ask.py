"""The ask: one printable page that the team makes and the sponsor says yes to."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import StringField

from app.ledger.rules import Goal
from app.reporting import actions, queries
from app.reporting.queries import Asked
from app.reporting.rules import MOST_HOURS, USUAL_HOURS, Director
from app.values.errors import Refused
from app.web import work
from app.web.access import SUPERVISORS, allow
from app.web.fields import WholeField
from app.web.forms import Form
from app.web.sponsor.blueprint import pages


class DirectorForm(Form):
    """A director and the hours that are asked for."""

    name = StringField("Director")
    department = StringField("Department")
    hours_a_week = WholeField("Hours a week", needed=f"Write a number from 1 to {MOST_HOURS}.", default=USUAL_HOURS)


@pages.get("/ask")
@allow(*SUPERVISORS)
def ask() -> ResponseReturnValue:
    """The ask as it stands."""
    return _page(DirectorForm(formdata=None))


@pages.post("/ask/make")
@allow("team")
def ask_make() -> ResponseReturnValue:
    """Make the ask, or bring it up to date."""
    currency, by, at, today = work.settings().currency, work.me(), work.now(), work.today()
    work.write(lambda session: actions.make_ask(session, currency, by=by, at=at, today=today))
    flash("The ask is made. Name the directors, print it, and take it to your sponsor.")
    return redirect(url_for("sponsor.ask"))


@pages.post("/ask/<int:ask_id>/directors")
@allow("team")
def ask_director_add(ask_id: int) -> ResponseReturnValue:
    """Name a director."""
    form = DirectorForm()
    if not form.validate_on_submit():
        return _page(form), 422
    named = Director(form.name.data or "", form.department.data or "", form.hours_a_week.data)
    return _done(form, lambda db: actions.name_director(db, ask_id, named, by=work.me(), at=work.now()))


@pages.post("/ask/<int:ask_id>/directors/remove")
@allow("team")
def ask_director_remove(ask_id: int) -> ResponseReturnValue:
    """Take a director off."""
    name = request.form.get("name", "")
    form = DirectorForm(formdata=None)
    return _done(form, lambda db: actions.remove_director(db, ask_id, name, by=work.me(), at=work.now()))


@pages.post("/ask/<int:ask_id>/yes")
@allow("sponsor")
def ask_agree(ask_id: int) -> ResponseReturnValue:
    """The sponsor's yes."""
    by, at, today, seen = work.me(), work.now(), work.today(), request.form.get("seen", "")
    form = DirectorForm(formdata=None)
    return _done(form, lambda db: actions.agree(db, ask_id, by=by, at=at, today=today, seen=seen))


def _done(form: DirectorForm, action: Callable[[Session], None]) -> ResponseReturnValue:
    try:
        work.write(action)
    except Refused as error:
        form.form_errors.append(error.sentence)
        return _page(form), 422
    return redirect(url_for("sponsor.ask"))


def _page(form: DirectorForm) -> str:
    db, today, currency = work.reading(), work.today(), work.settings().currency
    asked = queries.latest_ask(db)
    period_now, goal_now = queries.period_now(db, today), queries.goal_now(db, currency, today)
    period = asked.period if asked else period_now
    if period is None:
        return render_template("sponsor/ask_empty.html")
    goal = asked.goal if asked else goal_now
    return render_template(
        "sponsor/ask.html",
        asked=asked,
        form=form,
        goal=goal,
        figures=queries.figures(db, period, goal),
        is_outdated=asked is not None and not _is_present(asked, period_now, goal_now),
        period=period,
    )


def _is_present(asked: Asked, period: object, goal: Goal) -> bool:
    same_goal = (asked.goal.contacts, asked.goal.cost_per_contact) == (goal.contacts, goal.cost_per_contact)
    return same_goal and asked.period == period

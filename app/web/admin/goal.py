"""The goal: how many contacts, at what cost, shall stop coming."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.ledger import actions, queries
from app.ledger.actions import UnfitGoal
from app.values.money import money_text
from app.web import work
from app.web.access import allow
from app.web.admin.blueprint import pages
from app.web.fields import AmountField, DayField, WholeField, put_faults
from app.web.forms import Form


class GoalForm(Form):
    """A goal from a day on."""

    contacts = WholeField("Fewer contacts a year", needed="Write how many contacts a year shall stop coming.")
    cost_per_contact = AmountField("Cost of a contact", needed="Write what a contact costs, like 6.00.")
    valid_from = DayField("From", needed="Choose the day from which it holds.")


@pages.route("/settings/goal", methods=["GET", "POST"])
@allow("finance", "admin")
def goal() -> ResponseReturnValue:
    """The goal that holds, those before it, and the next one."""
    currency, today = work.settings().currency, work.today()
    held = queries.goal(work.reading(), currency, today)
    proposed = {"contacts": held.contacts, "cost_per_contact": held.cost_per_contact, "valid_from": today}
    form = GoalForm(data=proposed)
    if form.validate_on_submit():
        contacts, cost, valid_from = form.contacts.data, form.cost_per_contact.data, form.valid_from.data
        by, at = work.me(), work.now()
        try:
            work.write(lambda session: actions.set_goal(session, valid_from, contacts, cost, by=by, at=at))
        except UnfitGoal as error:
            put_faults(form, error.faults)
        else:
            flash(f"The goal is {contacts:,} contacts at {money_text(cost, cents=True)}.")
            return redirect(url_for("admin.goal"))
    page = render_template(
        "admin/goal.html", form=form, held=held, goals=queries.goals(work.reading()), today=today, currency=currency
    )
    return page, 422 if form.errors else 200

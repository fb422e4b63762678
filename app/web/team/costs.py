"""What an initiative costs, as it was entered: nothing is changed, what was wrong is taken back."""

import uuid
from decimal import ROUND_HALF_EVEN, Decimal

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, SelectField, StringField

from app.initiatives import queries as initiatives
from app.initiatives.actions import Unfit
from app.measurement import cost_actions, cost_queries
from app.measurement.cost_actions import COST_KINDS, HOURS, CostEntry
from app.values.errors import Missing, Refused
from app.values.figures import day, from_text
from app.values.money import Money
from app.values.periods import ONE_DAY, Period
from app.web import work
from app.web.access import SUPERVISORS, allow
from app.web.fields import AmountField, DayField, ParsedField, put_faults
from app.web.forms import Form
from app.web.team.blueprint import pages

LONGEST_KEY = 36
HINTS = {
    "one_off": "Spent once, on a day.",
    "running": "Spent all along, from a day to a day.",
    "disbenefit": "What it makes worse elsewhere, like a new question that people ask.",
    "hours": "Hours times what an hour costs.",
}


class HoursField(ParsedField):
    """Hours, with a quarter of one."""

    def parse(self, text: str) -> Decimal:
        """A number like 12.5."""
        exact = from_text(text)
        if exact is None:
            raise Refused(f"“{text}” is no number of hours. Write it like 12.5.")
        return exact


class CostForm(Form):
    """One cost."""

    kind = SelectField("Kind", choices=dict(COST_KINDS))
    first_day = DayField("Day, or first day", needed="Choose the day, or the first one.")
    last_day = DayField("Last day")
    amount = AmountField("Amount")
    hours = HoursField("Hours")
    hour_rate = AmountField("An hour costs")
    note = StringField("What for")
    key = HiddenField(default=lambda: uuid.uuid4().hex)

    def entry(self) -> CostEntry:
        """What was entered; raises Unfit with a sentence a field."""
        first = self.first_day.data
        last = self.last_day.data or first
        if last < first:
            raise Unfit({"last_day": f"The last day, {day(last)}, lies before the first, {day(first)}."})
        is_time = self.kind.data == HOURS
        return CostEntry(
            kind=self.kind.data,
            days=Period(first, last + ONE_DAY),
            amount=self._worth() if is_time else self._paid(),
            note=self.note.data or "",
            hours=float(self.hours.data) if is_time else None,
        )

    def _paid(self) -> Money:
        if self.hours.data is not None or self.hour_rate.data is not None:
            raise Unfit({"hours": "Hours belong to “The team's own hours”. Choose that kind, or leave them empty."})
        if self.amount.data is None:
            raise Unfit({"amount": "Write what it cost."})
        found: Money = self.amount.data
        return found

    def _worth(self) -> Money:
        """The hours at their rate, rounded once to whole minor units, half to even."""
        lacking = {
            "hours": None if self.hours.data is not None else "Write how many hours it took.",
            "hour_rate": None if self.hour_rate.data is not None else "Write what one of these hours costs.",
            "amount": None if self.amount.data is None else "Leave this empty: it is the hours times what one costs.",
        }
        if found := {name: words for name, words in lacking.items() if words}:
            raise Unfit(found)
        rate: Money = self.hour_rate.data
        minor = (self.hours.data * rate.amount_minor).quantize(Decimal(1), rounding=ROUND_HALF_EVEN)
        return Money(int(minor), rate.currency)


@pages.get("/initiatives/<int:initiative_id>/costs")
@allow(*SUPERVISORS)
def initiative_costs(initiative_id: int) -> ResponseReturnValue:
    """Every entry with who and when, and what they come to."""
    return _page(initiative_id, CostForm(formdata=None, first_day=work.today()))


@pages.post("/initiatives/<int:initiative_id>/costs")
@allow("team")
def initiative_cost_enter(initiative_id: int) -> ResponseReturnValue:
    """Enter one cost."""
    form = CostForm()
    if form.validate_on_submit():
        key, by, at = (form.key.data or uuid.uuid4().hex)[:LONGEST_KEY], work.me(), work.now()
        try:
            entry = form.entry()
            work.write(
                lambda session: cost_actions.enter_cost(session, initiative_id, entry, form_key=key, by=by, at=at)
            )
        except Unfit as error:
            put_faults(form, error.faults)
        except Missing:
            raise
        except Refused as error:
            form.form_errors.append(error.sentence)
        else:
            flash("The cost is entered.")
            return redirect(url_for("team.initiative_costs", initiative_id=initiative_id))
    return _page(initiative_id, form), 422


@pages.post("/initiatives/<int:initiative_id>/costs/<int:cost_id>/take-back")
@allow("team")
def initiative_cost_take_back(initiative_id: int, cost_id: int) -> ResponseReturnValue:
    """Take one entry back by its minus."""
    by, at = work.me(), work.now()
    try:
        work.write(lambda session: cost_actions.take_back(session, initiative_id, cost_id, by=by, at=at))
    except Missing:
        raise
    except Refused as error:
        form = CostForm(formdata=None, first_day=work.today())
        form.form_errors = [error.sentence]
        return _page(initiative_id, form), 422
    flash("The entry is taken back by one of minus. Both stay in the list.")
    return redirect(url_for("team.initiative_costs", initiative_id=initiative_id))


def _page(initiative_id: int, form: CostForm) -> str:
    db = work.reading()
    known = initiatives.initiative(db, initiative_id)
    lines = cost_queries.costs(db, initiative_id)
    entered = cost_queries.by_kind(lines)
    terms = known.frozen.terms if known.frozen else None
    promised = (
        {
            "one_off": Money(terms.cost_to_do_minor, terms.currency),
            "running": Money(terms.running_cost_year_minor, terms.currency),
        }
        if terms
        else {}
    )
    return render_template(
        "team/initiative_costs.html",
        known=known,
        form=form,
        lines=lines,
        entered=entered,
        total=sum((money.amount_minor for money in entered.values()), 0),
        promised={kind: money for kind, money in promised.items() if kind not in entered},
        kinds=COST_KINDS,
        hints=HINTS,
        currency=work.settings().currency,
        money=Money,
    )

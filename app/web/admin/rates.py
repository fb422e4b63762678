"""What a contact costs: present rates, their history, and a new one."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from app.contacts.rules import CHANNEL_NAMES
from app.costing import actions, queries
from app.costing.actions import AlreadySet
from app.costing.rules import BASIS_NAMES, Rate, RateBook
from app.counting import queries as counting
from app.ranking.rules import usual_period
from app.values.errors import Refused
from app.values.figures import day as day_text
from app.values.money import money_text
from app.web import work
from app.web.access import allow
from app.web.admin.blueprint import pages
from app.web.fields import AmountField, DayField
from app.web.forms import Form

RECENT_WEEKS = 13


class RateForm(Form):
    """What a channel costs from a day on."""

    channel = SelectField("Channel", choices={key: name.capitalize() for key, name in CHANNEL_NAMES.items()})
    amount = AmountField("Amount", needed="Write what it costs, like 6.00.")
    basis = SelectField("Paid", choices=dict(BASIS_NAMES))
    valid_from = DayField("From", needed="Choose the day from which it holds.")
    stated_by = StringField(
        "Source", [InputRequired("Say where the rate comes from, like “Finance, budget 2026”."), Length(max=300)]
    )
    replace = BooleanField("Replace the rate of that day")


@dataclass(frozen=True, slots=True)
class Priced:
    """A channel with its contacts of late, its present rate and the earlier and later ones."""

    channel: str
    contacts: int
    rate: Rate | None
    history: list[Rate]


@pages.route("/settings/rates", methods=["GET", "POST"])
@allow("admin", "finance")
def rates() -> ResponseReturnValue:
    """The rates of every channel, and a form for one more."""
    form = RateForm(formdata=request.form if request.method == "POST" else None, **_usual())
    is_set_already = False
    if form.validate_on_submit():
        try:
            _set(form)
        except AlreadySet as error:
            is_set_already = True
            form.form_errors.append(error.sentence)
        except Refused as error:
            form.form_errors.append(error.sentence)
        else:
            return redirect(url_for("admin.rates"))
    book, channels = _book_and_channels()
    page = render_template(
        "admin/rates.html",
        form=form,
        is_set_already=is_set_already or form.replace.data,
        channels=channels,
        missing=[one for one in channels if one.contacts and one.rate is None],
        currency=book.currency or work.settings().currency,
        basis_names=BASIS_NAMES,
        weeks=RECENT_WEEKS,
    )
    return page, 422 if form.errors else 200


def _usual() -> dict[str, object]:
    """What the form opens with: a channel's first rate holds from the first contact on, a later one from today."""
    db = work.reading()
    asked = request.args.get("channel", "")
    channel = asked if asked in CHANNEL_NAMES else next(iter(CHANNEL_NAMES))
    days = counting.first_and_last_day(db)
    is_first = queries.rates(db).history(channel) == []
    return {"channel": channel, "valid_from": days[0] if days is not None and is_first else work.today()}


def _set(form: RateForm) -> None:
    rate = Rate(form.channel.data, form.valid_from.data, form.basis.data, form.amount.data, form.stated_by.data)

    def change(session: Session) -> None:
        actions.set_rate(session, rate, replace=form.replace.data, by=work.me(), at=work.now())

    work.write(change)
    price = f"{money_text(rate.amount, cents=True)} {BASIS_NAMES[rate.basis]}"
    flash(f"{CHANNEL_NAMES[rate.channel].capitalize()} costs {price} from {day_text(rate.valid_from)} on.")


def _book_and_channels() -> tuple[RateBook, list[Priced]]:
    db = work.reading()
    book = queries.rates(db)
    days = counting.finished_days(db, work.today())
    contacts: dict[str, int] = {}
    if days is not None:
        for total in counting.by_reason_and_channel(db, usual_period(*days, weeks=RECENT_WEEKS)):
            contacts[total.channel] = contacts.get(total.channel, 0) + total.handled
    on = work.today()
    return book, [
        Priced(channel, contacts.get(channel, 0), book.rate(channel, on), book.history(channel))
        for channel in CHANNEL_NAMES
    ]

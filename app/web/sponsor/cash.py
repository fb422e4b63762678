"""Acts that released cash: those of an initiative with their evidence, and the form for the next one."""

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.file import FileField, FileRequired
from sqlalchemy.orm import Session
from wtforms import HiddenField, SelectField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import Length

from app.initiatives import queries as initiatives
from app.ledger import attachments, cash_queries, entry_queries
from app.ledger import cash as acts
from app.ledger.cash import UnfitAct
from app.ledger.cash_rules import ACT_NAMES, EVERY_NAMES, LONGEST_DESCRIPTION, Act
from app.ledger.documents import LARGEST_BYTES, MEDIA_TYPES
from app.ledger.entry_queries import Wanted
from app.ledger.rules import CASH
from app.values.errors import Refused
from app.web import work
from app.web.access import SUPERVISORS, allow
from app.web.fields import AmountField, DayField, put_faults
from app.web.forms import Form
from app.web.sponsor.blueprint import pages

LONGEST_KEY = 36


class ActForm(Form):
    """An act with its evidence."""

    key = HiddenField(default=lambda: uuid.uuid4().hex)
    kind = SelectField("What was done", choices=[SelectChoice(value, label) for value, label in ACT_NAMES.items()])
    day = DayField("The day from which less is spent", needed="Choose the day.")
    amount = AmountField("Amount no longer spent", needed="Write the amount, like 4,200.00.")
    every = SelectField("The amount is", choices=[SelectChoice(value, label) for value, label in EVERY_NAMES.items()])
    description = TextAreaField("Which vacancy, roster or invoice", [Length(max=LONGEST_DESCRIPTION)])
    evidence = FileField("Evidence", [FileRequired("Choose the document that shows it.")])


class EndForm(Form):
    """The end of an act."""

    on = DayField("From this day on no longer", needed="Choose the day.")
    why = TextAreaField("Why", [Length(max=LONGEST_DESCRIPTION)])


@pages.get("/initiatives/<int:initiative_id>/cash")
@allow(*SUPERVISORS)
def cash(initiative_id: int) -> ResponseReturnValue:
    """The acts of an initiative."""
    return _page(initiative_id, ActForm(formdata=None))


@pages.post("/initiatives/<int:initiative_id>/cash")
@allow("team", "sponsor")
def cash_add(initiative_id: int) -> ResponseReturnValue:
    """Record an act with its evidence."""
    form = ActForm()
    if not form.validate_on_submit():
        return _page(initiative_id, form), 422
    act = Act(form.kind.data, form.day.data, form.amount.data, form.every.data, form.description.data or "")
    key, stamp = (form.key.data or uuid.uuid4().hex)[:LONGEST_KEY], _stamp()
    try:
        content = form.evidence.data.read(LARGEST_BYTES + 1)
        document = attachments.store(work.settings().attachments, form.evidence.data.filename, content)
        work.write(lambda session: acts.record_cash_act(session, initiative_id, act, document, form_key=key, **stamp))
    except UnfitAct as error:
        put_faults(form, error.faults)
        return _page(initiative_id, form), 422
    except Refused as error:
        form.form_errors.append(error.sentence)
        return _page(initiative_id, form), 422
    flash("The act is recorded, and its months that are over are booked as cash.")
    return redirect(url_for("sponsor.cash", initiative_id=initiative_id))


@pages.post("/initiatives/<int:initiative_id>/cash/<int:act_id>/end")
@allow("team", "sponsor", "finance")
def cash_end(initiative_id: int, act_id: int) -> ResponseReturnValue:
    """From a day on an act saves nothing any more."""
    ending, form = EndForm(), ActForm(formdata=None)
    if not ending.validate_on_submit():
        form.form_errors += [sentence for sentences in ending.errors.values() for sentence in sentences]
        return _page(initiative_id, form), 422
    try:
        work.write(_ending(act_id, ending.on.data, ending.why.data or ""))
    except Refused as error:
        form.form_errors.append(error.sentence)
        return _page(initiative_id, form), 422
    flash("The act is ended. Months that were booked beyond its end are booked anew.")
    return redirect(url_for("sponsor.cash", initiative_id=initiative_id))


@pages.get("/attachments/<int:attachment_id>")
@allow("team", "sponsor", "finance", "admin")
def attachment(attachment_id: int) -> ResponseReturnValue:
    """A document that was handed in, to be saved: it is never shown inside a page."""
    handed = attachments.attachment(work.reading(), work.settings().attachments, attachment_id)
    answer = send_file(
        handed.path, mimetype=handed.document.media_type, as_attachment=True, download_name=handed.document.name
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _stamp() -> dict[str, Any]:
    return {"by": work.me(), "at": work.now(), "today": work.today()}


def _ending(act_id: int, on: date, why: str) -> Callable[[Session], None]:
    stamp = _stamp()
    return lambda session: acts.end_cash_act(session, act_id, on, why, **stamp)


def _page(initiative_id: int, form: ActForm) -> str:
    db = work.reading()
    known = initiatives.initiative(db, initiative_id)
    wanted = Wanted(initiative_id=initiative_id, column=CASH)
    return render_template(
        "sponsor/cash.html",
        known=known,
        acts=cash_queries.acts(db, [initiative_id]),
        sums=entry_queries.sums(db, wanted),
        form=form,
        end_form=EndForm(formdata=None),
        kinds=ACT_NAMES,
        rhythms=EVERY_NAMES,
        endings=",".join(MEDIA_TYPES),
        limit_bytes=LARGEST_BYTES,
        may_record=bool({"team", "sponsor"} & current_user.roles),
        may_end=bool({"team", "sponsor", "finance"} & current_user.roles),
        may_fetch=bool({"team", "sponsor", "finance", "admin"} & current_user.roles),
    )

"""Logging a live call: three fields, saved by Enter, and the page is ready for the next one."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import Length

from app.contacts import actions, hand_logged, headline, listing
from app.contacts.actions import Told
from app.contacts.rules import CHANNEL_NAMES
from app.reasons import queries as reasons
from app.values.errors import Refused
from app.web import work
from app.web.access import allow
from app.web.fields import row_id
from app.web.forms import Form
from app.web.lead.blueprint import pages

LONGEST_NOTE = 2000


class CallForm(Form):
    """What is said of a call while it lasts; `key` makes a form that is sent twice one contact."""

    key = HiddenField()
    reason = StringField("Reason")
    channel = SelectField(
        "Channel", choices=[SelectChoice(name, words.capitalize()) for name, words in CHANNEL_NAMES.items()]
    )
    note = StringField("Note", [Length(max=LONGEST_NOTE, message="Keep the note under %(max)d letters.")])
    customer = StringField("Customer", [Length(max=254, message="Keep this under %(max)d letters.")])

    @property
    def reason_id(self) -> int | None:
        """The reason that was chosen, if any."""
        return row_id(self.reason.data or "")


@pages.get("/contacts/new")
@allow("agent", "lead")
def contact_new() -> ResponseReturnValue:
    """An empty form, and what was logged last with its undo."""
    form = CallForm(formdata=None, key=str(uuid.uuid4()))
    try:
        logged = listing.one(work.reading(), uuid.UUID(request.args.get("logged", "")))
    except ValueError:
        logged = None
    return _page(form, logged)


@pages.post("/contacts/new")
@allow("agent", "lead")
def contact_log() -> ResponseReturnValue:
    """Save the call and be ready for the next one."""
    form = CallForm()
    if form.validate_on_submit():
        told = Told(work.now(), form.channel.data, note=form.note.data or "", customer=form.customer.data or "")
        try:
            contact_id = work.write_and_count(
                lambda session: actions.log_contact(
                    session, work.settings(), _key(form), told, form.reason_id, by=work.me(), at=work.now()
                )
            )
        except Refused as error:
            form.form_errors.append(error.sentence)
        else:
            return redirect(url_for("lead.contact_new", logged=contact_id))
    return _page(form, None), 422


@pages.post("/contacts/<uuid:contact_id>/take-back")
@allow("agent", "lead")
def contact_take_back(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Remove a call that was logged by mistake."""
    try:
        work.write_and_count(lambda session: hand_logged.take_back(session, contact_id, by=work.me(), at=work.now()))
        flash("The call was taken back.")
    except Refused as error:
        flash(error.sentence)
    return redirect(url_for("lead.contact_new"))


def _key(form: CallForm) -> uuid.UUID:
    try:
        return uuid.UUID(form.key.data or "")
    except ValueError as error:
        raise Refused("The form came without its key. Open the page anew and log the call again.") from error


def _page(form: CallForm, logged: listing.ContactRow | None) -> str:
    tree = reasons.tree(work.reading())
    title = "" if logged is None else headline.headline(logged.note, logged.channel, None, None)
    return render_template("lead/contact_new.html", form=form, tree=tree, logged=logged, title=title)

"""Tokens of programs: make one and see it this once, revoke one, and how to send a first contact."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from app.people import tokens as people_tokens
from app.people.tokens import LONGEST_NAME, SCOPES, USUAL_DAYS
from app.values.errors import Refused
from app.web import work
from app.web.access import allow
from app.web.admin.blueprint import pages
from app.web.forms import Form

VALID_FOR = {"30": "30 days", "90": "90 days", str(USUAL_DAYS): "a year"}


class TokenForm(Form):
    """Which program, what it may do, and for how long."""

    name = StringField("Program", [InputRequired("Write the program's name."), Length(max=LONGEST_NAME)])
    scopes = SelectMultipleField(
        "May",
        choices={scope: f"{words[0].upper()}{words[1:]}" for scope, words in SCOPES.items()},
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    days = SelectField("Valid for", choices=VALID_FOR, default=str(USUAL_DAYS))


@pages.route("/settings/tokens", methods=["GET", "POST"])
@allow("admin")
def tokens() -> ResponseReturnValue:
    """Every token, and one more; its text is shown on the answer to the form and never again."""
    form = TokenForm()
    if form.validate_on_submit():
        try:
            made = work.write(
                lambda session: people_tokens.make(
                    session, form.name.data, form.scopes.data, int(form.days.data), by=work.me(), at=work.now()
                )
            )
        except Refused as error:
            form.form_errors.append(error.sentence)
        else:
            return render_template("admin/token.html", made=made, name=form.name.data, address=work.settings().address)
    found = [(one, one.state(work.now())) for one in people_tokens.tokens(work.reading())]
    page = render_template("admin/tokens.html", form=form, tokens=found, scopes=SCOPES, address=work.settings().address)
    return page, 422 if form.errors else 200


@pages.post("/settings/tokens/<int:token_id>/revoke")
@allow("admin")
def token_revoke(token_id: int) -> ResponseReturnValue:
    """Let a token open nothing any more."""
    name = work.write(lambda session: people_tokens.revoke(session, token_id, by=work.me(), at=work.now()))
    flash(f"The token of {name} is revoked: it opens nothing any more.")
    return redirect(url_for("admin.tokens"))

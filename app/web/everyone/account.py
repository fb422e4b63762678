"""One's own account: the bar that is shown, light or dark, the password."""

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user
from werkzeug import Response
from wtforms import PasswordField
from wtforms.validators import InputRequired

from app.people import actions, passwords, queries, signin
from app.people.queries import Person
from app.values.errors import Refused
from app.web import frame, work
from app.web.access import EVERYBODY, SignedIn, allow
from app.web.everyone.blueprint import pages
from app.web.forms import Form

A_YEAR_SECONDS = 365 * 24 * 3600
THEMES = {"": "as the system", "light": "light", "dark": "dark"}


class PasswordForm(Form):
    """The password that is, and the one that shall be."""

    present_password = PasswordField("Present password", [InputRequired("Write your present password.")])
    new_password = PasswordField("New password", [InputRequired("Choose a new password.")])


@pages.get("/account")
@allow(*EVERYBODY)
def account() -> ResponseReturnValue:
    """Who I am here and what I see."""
    return _page(PasswordForm(formdata=None))


@pages.post("/account/role")
@allow(*EVERYBODY)
def wear_role() -> ResponseReturnValue:
    """Show the bar and the home of another role that the person holds."""
    role = request.form.get("role", "")
    if role not in current_user.roles:
        raise Refused("You do not hold that role. An administrator can add it.")
    session["role"] = role
    return redirect(url_for("everyone.home"))


@pages.post("/account/theme")
@allow(*EVERYBODY)
def theme() -> ResponseReturnValue:
    """Light, dark, or as the system has it."""
    chosen = request.form.get("theme", "")
    answer: Response = redirect(url_for("everyone.account"))
    if chosen in {"light", "dark"}:
        answer.set_cookie(
            "theme",
            chosen,
            max_age=A_YEAR_SECONDS,
            secure=work.settings().secure_cookies,
            httponly=True,
            samesite="Lax",
        )
    else:
        answer.delete_cookie("theme")
    return answer


@pages.post("/account/password")
@allow(*EVERYBODY)
def password() -> ResponseReturnValue:
    """Another password: every other session of the person ends."""
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            person = _change_password(form.present_password.data, form.new_password.data)
        except Refused as error:
            form.form_errors.append(error.sentence)
        else:
            login_user(SignedIn(person.id, person.name, person.email, person.roles, person.session_version))
            flash("Your password is changed. Wherever else you were signed in, you are signed out.")
            return redirect(url_for("everyone.account"))
    return _page(form), 422


def _change_password(present: str, new: str) -> Person:
    work.close_reading()
    address = request.remote_addr or ""
    try:
        signin.sign_in(work.database(), current_user.email, present, address=address, at=work.now())
    except signin.TooManyAttempts:
        raise
    except Refused as error:
        raise Refused("The present password is another one. Nothing was changed.") from error
    password_hash = passwords.make_hash(new, current_user.email)
    return work.write(
        lambda db: actions.set_password(db, current_user.id, password_hash=password_hash, by=work.me(), at=work.now())
    )


def _page(form: PasswordForm) -> str:
    me = queries.person(work.reading(), current_user.id)
    return render_template("everyone/account.html", form=form, me=me, bars=frame.BARS, themes=THEMES)

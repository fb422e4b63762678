"""The way in and out: sign-in, one-time links, the first administrator."""

from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user

from app.people import actions, links, passwords, queries, signin
from app.people.queries import Person
from app.people.rules import Profile
from app.values.errors import Refused
from app.web import work
from app.web.access import SignedIn, allow, safe_address
from app.web.everyone.blueprint import pages
from app.web.everyone.login_forms import LinkForm, SetupForm, SigninForm


@pages.route("/login", methods=["GET", "POST"])
@allow("public")
def login() -> ResponseReturnValue:
    """Sign in with e-mail and password."""
    onward = safe_address(request.args.get("next")) or url_for("everyone.home")
    if not queries.is_anybody_here(work.reading()):
        return redirect(url_for("everyone.setup"))
    if current_user.is_authenticated and request.method == "GET":
        return redirect(onward)
    form = SigninForm()
    if form.validate_on_submit():
        try:
            work.close_reading()
            person = signin.sign_in(
                work.database(),
                form.email.data,
                form.password.data,
                address=request.remote_addr or "",
                at=work.now(),
            )
        except signin.TooManyAttempts as error:
            return _refused("everyone/login.html", form, error, status=429)
        except Refused as error:
            return _refused("everyone/login.html", form, error)
        let_in(person)
        return redirect(onward)
    return render_template("everyone/login.html", form=form), 422 if form.errors else 200


@pages.post("/logout")
@allow("public")
def logout() -> ResponseReturnValue:
    """Leave; what other tabs hold stays, to be sent after signing in again."""
    logout_user()
    session.clear()
    return redirect(url_for("everyone.login"))


@pages.route("/setup", methods=["GET", "POST"])
@allow("public")
def setup() -> ResponseReturnValue:
    """Make the first administrator, while nobody is there."""
    if queries.is_anybody_here(work.reading()):
        flash("The first administrator was made already.")
        return redirect(url_for("everyone.login"))
    form = SetupForm()
    if form.validate_on_submit():
        try:
            profile = Profile(form.name.data, frozenset({"admin", *form.roles.data}))
            password_hash = passwords.make_hash(form.password.data, form.email.data)
            person = work.write(
                lambda db: actions.make_first_administrator(
                    db, form.email.data, profile, password_hash=password_hash, at=work.now()
                )
            )
        except Refused as error:
            return _refused("everyone/setup.html", form, error)
        let_in(person)
        return redirect(url_for("everyone.home"))
    return render_template("everyone/setup.html", form=form), 422 if form.errors else 200


@pages.route("/link/<token>", methods=["GET", "POST"])
@allow("public")
def link(token: str) -> ResponseReturnValue:
    """Open a one-time link: it is spent only when a password is set, so that a mail scanner cannot spend it."""
    try:
        person = links.holder(work.reading(), token, work.now())
    except Refused as error:
        return render_template("everyone/link.html", form=None, person=None, sentence=error.sentence), 410
    form = LinkForm()
    if form.validate_on_submit():
        try:
            password_hash = passwords.make_hash(form.password.data, person.email)
            person = work.write(lambda db: links.use(db, token, password_hash=password_hash, at=work.now()))
        except Refused as error:
            return _refused("everyone/link.html", form, error, person=person)
        let_in(person)
        flash("Your password is set. From now on you sign in with it.")
        return redirect(url_for("everyone.home"))
    return render_template("everyone/link.html", form=form, person=person), 422 if form.errors else 200


def let_in(person: Person) -> None:
    """Start the person's session; the token of forms that are open in other tabs stays good."""
    token = session.get("csrf_token")
    session.clear()
    if token:
        session["csrf_token"] = token
    session.permanent = True
    login_user(SignedIn(person.id, person.name, person.email, person.roles, person.session_version))


def _refused(template: str, form: Any, error: Refused, *, status: int = 422, **rest: Any) -> ResponseReturnValue:  # noqa: ANN401
    form.form_errors.append(error.sentence)
    return render_template(template, form=form, **rest), status

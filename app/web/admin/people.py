"""Who works here: add people, change roles and department, make sign-in links, keep people out."""

import json
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.people import actions, links, queries
from app.people.links import Link
from app.people.queries import Person
from app.values.errors import Missing, Refused, Stale
from app.web import work
from app.web.access import allow
from app.web.admin.blueprint import pages
from app.web.admin.people_forms import PersonForm


@pages.get("/settings/people")
@allow("admin")
def people() -> ResponseReturnValue:
    """Everybody, with roles and department."""
    return render_template("admin/people.html", people=queries.people(work.reading(), with_disabled=True))


@pages.route("/settings/people/new", methods=["GET", "POST"])
@allow("admin")
def person_new() -> ResponseReturnValue:
    """Add a person and make the link at once: without it nobody can sign in."""
    form = PersonForm()
    form.offer_departments(queries.departments(work.reading()), present=None)
    if form.validate_on_submit():
        try:
            person, link = work.write(lambda session: _add(session, form))
        except Refused as error:
            form.form_errors.append(error.sentence)
        else:
            return _show_link(person, link)
    return render_template("admin/person_new.html", form=form), 422 if form.errors else 200


@pages.route("/settings/people/<int:user_id>", methods=["GET", "POST"])
@allow("admin")
def person(user_id: int) -> ResponseReturnValue:
    """One person: change what an administrator decides."""
    found = _found(user_id)
    form = PersonForm(data=_as_typed(found))
    form.offer_departments(queries.departments(work.reading()), present=found)
    if form.validate_on_submit():
        try:
            after = work.write(lambda session: _change(session, user_id, form))
        except Stale as error:
            form.form_errors.append(error.sentence)
            form.seen.data = json.dumps(_found(user_id).facts)
            return _page(found, form), 409
        except Refused as error:
            form.form_errors.append(error.sentence)
        else:
            flash(f"{after.name} is saved.")
            return redirect(url_for("admin.people"))
    return _page(found, form), 422 if form.errors else 200


@pages.post("/settings/people/<int:user_id>/link")
@allow("admin")
def person_link(user_id: int) -> ResponseReturnValue:
    """Make a link and show it once; the links made before stop working."""
    link = work.write(lambda session: links.make(session, user_id, by=work.me(), at=work.now()))
    return _show_link(_found(user_id), link)


@pages.post("/settings/people/<int:user_id>/disable")
@allow("admin")
def person_disable(user_id: int) -> ResponseReturnValue:
    """Keep a person out, at once."""
    found = _found(user_id)
    work.write(lambda session: actions.disable_person(session, user_id, by=work.me(), at=work.now()))
    flash(f"{found.name} is disabled: signed out everywhere, and not let in again.")
    return redirect(url_for("admin.people"))


@pages.post("/settings/people/<int:user_id>/enable")
@allow("admin")
def person_enable(user_id: int) -> ResponseReturnValue:
    """Let a person in again."""
    found = _found(user_id)
    work.write(lambda session: actions.enable_person(session, user_id, by=work.me(), at=work.now()))
    flash(f"{found.name} may sign in again.")
    return redirect(url_for("admin.person", user_id=user_id))


def _found(user_id: int) -> Person:
    found = queries.person(work.reading(), user_id)
    if found is None:
        raise Missing("That person is not here.")
    return found


def _as_typed(person: Person) -> dict[str, Any]:
    return {
        "name": person.name,
        "email": person.email,
        "roles": sorted(person.roles),
        "department": str(person.department_id or ""),
        "seen": json.dumps(person.facts),
    }


def _add(session: Session, form: PersonForm) -> tuple[Person, Link]:
    person = actions.add_person(session, form.email.data, form.profile(), by=work.me(), at=work.now())
    return person, links.make(session, person.id, by=work.me(), at=work.now())


def _change(session: Session, user_id: int, form: PersonForm) -> Person:
    return actions.change_person(
        session, user_id, form.profile(), seen=form.what_was_seen(), by=work.me(), at=work.now()
    )


def _page(person: Person, form: PersonForm) -> str:
    return render_template("admin/person.html", person=person, form=form)


def _show_link(person: Person, link: Link) -> str:
    # Not from the request: whoever makes up its Host header would have the link lead to a place of theirs.
    address = work.settings().address + url_for("everyone.link", token=link.token)
    return render_template("admin/link.html", person=person, address=address, expires_at=link.expires_at)

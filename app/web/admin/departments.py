"""Departments: they own reasons and lend people."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length

from app.people import departments as people_departments
from app.people import queries
from app.people.queries import DepartmentRow
from app.values.errors import Missing, Refused, Stale
from app.values.lines import one_line
from app.web import work
from app.web.access import allow
from app.web.admin.blueprint import pages
from app.web.forms import Form


class DepartmentForm(Form):
    """A department's name; `seen` is the one that the page was opened with."""

    name = StringField("Name", [InputRequired("Write the department's name."), Length(max=120)])
    seen = HiddenField()


@pages.route("/settings/departments", methods=["GET", "POST"])
@allow("admin")
def departments() -> ResponseReturnValue:
    """Every department, and one more."""
    form = DepartmentForm()
    if form.validate_on_submit():
        try:
            work.write(
                lambda session: people_departments.add_department(session, form.name.data, by=work.me(), at=work.now())
            )
        except Refused as error:
            form.form_errors.append(error.sentence)
        else:
            flash(f"{one_line(form.name.data)} is added.")
            return redirect(url_for("admin.departments"))
    found = queries.all_departments(work.reading())
    return render_template("admin/departments.html", form=form, departments=found), 422 if form.errors else 200


@pages.route("/settings/departments/<int:department_id>", methods=["GET", "POST"])
@allow("admin")
def department(department_id: int) -> ResponseReturnValue:
    """One department: rename it, retire it, use it again."""
    found = _found(department_id)
    form = DepartmentForm(data={"name": found.name, "seen": found.name})
    if form.validate_on_submit():
        try:
            work.write(lambda session: _rename(session, department_id, form))
        except Stale as error:
            form.form_errors.append(error.sentence)
            found = _found(department_id)
            form.seen.data = found.name
            return render_template("admin/department.html", form=form, department=found), 409
        except Refused as error:
            form.form_errors.append(error.sentence)
        else:
            flash(f"{found.name} is now called {one_line(form.name.data)}.")
            return redirect(url_for("admin.departments"))
    return render_template("admin/department.html", form=form, department=found), 422 if form.errors else 200


@pages.post("/settings/departments/<int:department_id>/retire")
@allow("admin")
def department_retire(department_id: int) -> ResponseReturnValue:
    """Take a department out of use."""
    found = _found(department_id)
    work.write(
        lambda session: people_departments.retire_department(session, department_id, by=work.me(), at=work.now())
    )
    flash(f"{found.name} is retired. What it owns keeps its name; it cannot be chosen any more.")
    return redirect(url_for("admin.departments"))


@pages.post("/settings/departments/<int:department_id>/use-again")
@allow("admin")
def department_use_again(department_id: int) -> ResponseReturnValue:
    """Put a retired department back into use."""
    found = _found(department_id)
    work.write(
        lambda session: people_departments.use_department_again(session, department_id, by=work.me(), at=work.now())
    )
    flash(f"{found.name} can be chosen again.")
    return redirect(url_for("admin.departments"))


def _rename(session: Session, department_id: int, form: DepartmentForm) -> None:
    people_departments.rename_department(
        session, department_id, form.name.data, by=work.me(), at=work.now(), seen=form.seen.data or ""
    )


def _found(department_id: int) -> DepartmentRow:
    for one in queries.all_departments(work.reading()):
        if one.id == department_id:
            return one
    raise Missing("That department is not here.")

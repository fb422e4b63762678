"""The tree of reasons: owners, contacts of late, one more reason."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from app.counting import queries as counting
from app.people import queries as people
from app.reasons import actions, queries
from app.reasons.rules import Node, Tree
from app.tagging import waiting
from app.values.errors import Refused
from app.values.figures import counted
from app.values.periods import ONE_DAY, Period
from app.web import work
from app.web.access import EVERYBODY, SUPERVISORS, allow
from app.web.everyone.blueprint import pages
from app.web.everyone.reason_forms import ReasonForm

RECENT_DAYS = 28
CHANGERS = ("lead", "team", "admin")


@dataclass(frozen=True, slots=True)
class Row:
    """A reason in its place, with its contacts of late and its owner (by itself or by one above)."""

    node: Node
    level: int
    contacts: int
    owner: str | None
    is_own: bool
    wants_owner: bool


@pages.get("/reasons")
@allow(*EVERYBODY)
def reasons() -> ResponseReturnValue:
    """The tree as it stands today."""
    return _page(ReasonForm(formdata=None, parent_id=request.args.get("below", "")))


@pages.post("/reasons")
@allow(*CHANGERS)
def reason_add() -> ResponseReturnValue:
    """Add a reason."""
    form = ReasonForm()
    tree = queries.tree(work.reading())
    form.offer(tree, people.all_departments(work.reading()))
    if form.validate_on_submit():
        try:
            reason_id = work.write(lambda session: _add(session, form))
        except Refused as error:
            form.form_errors.append(error.sentence)
        else:
            flash(f"“{queries.tree(work.reading()).text(reason_id)}” is added and can be given from now on.")
            return redirect(url_for("everyone.reasons", below=form.parent_id.data or None))
    return _page(form)


def _add(session: Session, form: ReasonForm) -> int:
    by, at, today = work.me(), work.now(), work.today()
    reason_id = actions.add(session, form.name.data, form.parent, by=by, at=at, valid_from=today)
    if form.department is not None:
        actions.set_owner(session, reason_id, form.department, by=by, at=at, valid_from=today)
    return reason_id


def _page(form: ReasonForm) -> ResponseReturnValue:
    db = work.reading()
    tree = queries.tree(db)
    departments = people.all_departments(db)
    form.offer(tree, departments)
    days = counting.finished_days(db, work.today())
    recent = None if days is None else Period(days[1] + ONE_DAY - RECENT_DAYS * ONE_DAY, days[1] + ONE_DAY)
    rows = _rows(tree, _contacts(recent, tree), {one.id: one.name for one in departments})
    page = render_template(
        "everyone/reasons.html",
        form=form,
        rows=rows,
        recent=recent,
        days=_days(recent),
        finding=_finding(rows, tree),
        tree=tree,
        waiting=waiting.values(db),
        following=waiting.following(db),
        may_change=CHANGERS,
    )
    return page, 422 if form.errors else 200


def _days(recent: Period | None) -> dict[str, str] | None:
    """The days as the list of contacts asks for them; none for those who may not see contacts."""
    if recent is None or not current_user.may(*SUPERVISORS):
        return None
    return {"from": str(recent.start), "to": str(recent.end)}


def _contacts(recent: Period | None, tree: Tree) -> dict[int, int]:
    """Handled contacts by reason as they were given, those of merged reasons with the one they went into."""
    found: dict[int, int] = {}
    for total in [] if recent is None else counting.by_reason_and_channel(work.reading(), recent):
        for reason_id in tree.line(total.reason_id) if total.reason_id in tree.nodes else ():
            found[reason_id] = found.get(reason_id, 0) + total.handled
    return found


def _rows(tree: Tree, contacts: dict[int, int], departments: dict[int, str]) -> list[Row]:
    rows = []
    for node in tree.walk():
        owner = tree.owner(node.id)
        name = None if owner is None else departments.get(owner)
        rows.append(
            Row(
                node,
                level=tree.level(node.id),
                contacts=contacts.get(node.id, 0),
                owner=name,
                is_own=node.department_id is not None,
                wants_owner=name is None and not node.is_retired and not tree.children(node.id),
            )
        )
    return rows


def _finding(rows: list[Row], tree: Tree) -> str:
    if not rows:
        return "There are no reasons yet."
    in_use = tree.in_use()
    unowned = sum(row.wants_owner for row in rows)
    told = f"{counted(len(in_use), 'reason')} {'is' if len(in_use) == 1 else 'are'} in use"
    return f"{told}, and {unowned} of them {'has' if unowned == 1 else 'have'} no owner." if unowned else f"{told}."

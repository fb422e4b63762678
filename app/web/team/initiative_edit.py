"""Starting an initiative from a reason, and changing what was said about one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.contacts.rules import CHANNEL_NAMES
from app.initiatives import actions, rules
from app.initiatives import queries as initiatives
from app.initiatives.actions import Overtaken, Unfit
from app.initiatives.basis import Basis, basis
from app.initiatives.rules import Plan
from app.people import queries as people
from app.reasons import queries as reasons
from app.reasons.rules import Tree
from app.values.errors import Missing, Refused
from app.values.figures import day
from app.web import work
from app.web.access import allow
from app.web.fields import put_faults, row_id
from app.web.team.blueprint import pages
from app.web.team.initiative_forms import PlanForm, typed_plan

LONGEST_KEY = 36


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that somebody else changed: what it is now, and what was typed here."""

    label: str
    now: str
    typed: str


@pages.route("/initiatives/new", methods=["GET", "POST"])
@allow("team")
def initiative_new() -> ResponseReturnValue:
    """An initiative, proposed from a reason; one press starts it."""
    tree = reasons.tree(work.reading())
    reason_id = _asked_reason(tree)
    proposed = _proposed(tree, reason_id)
    form = PlanForm(data=typed_plan(proposed, 0))
    _offer(form, tree, proposed)
    if form.validate_on_submit():
        plan, key = form.plan(), form.key.data[:LONGEST_KEY]
        by, at, today = work.me(), work.now(), work.today()
        try:
            started = work.write(lambda session: actions.start(session, plan, by=by, at=at, today=today, form_key=key))
        except Unfit as error:
            put_faults(form, error.faults)
        else:
            flash(f"{rules.code(started)} is started. Next: write down what it would save.")
            return redirect(url_for("team.initiative", initiative_id=started))
    page = render_template(
        "team/initiative_new.html", form=form, reason_id=reason_id, tree=tree, stands_on=_stands_on(reason_id)
    )
    return page, 422 if form.errors else 200


@pages.route("/initiatives/<int:initiative_id>/edit", methods=["GET", "POST"])
@allow("team")
def initiative_edit(initiative_id: int) -> ResponseReturnValue:
    """Change what was said; whoever comes second is shown what changed and keeps what they typed."""
    tree = reasons.tree(work.reading())
    known = initiatives.initiative(work.reading(), initiative_id)
    form = PlanForm(data=typed_plan(known.plan, known.version))
    _offer(form, tree, known.plan)
    overtaken = None
    if form.validate_on_submit():
        try:
            _change(initiative_id, form, known.stage)
        except Unfit as error:
            put_faults(form, error.faults)
        except Overtaken as error:
            overtaken = error
            form.seen.data = str(error.now.version)
        else:
            flash(f"{known.code} is saved.")
            return redirect(url_for("team.initiative", initiative_id=initiative_id))
    page = render_template(
        "team/initiative_edit.html",
        form=form,
        known=known,
        tree=tree,
        overtaken=overtaken,
        differences=_differences(form, overtaken.now.plan, tree) if overtaken else [],
        labels={name: form[name].label.text.lower() for name in form._fields},
        scope_is_open=rules.scope_is_open(known.stage),
    )
    return page, 409 if overtaken else 422 if form.errors else 200


def _asked_reason(tree: Tree) -> int | None:
    """The reason that the initiative is to begin with; raises Missing for one that does not exist."""
    text = request.args.get("reason", "").strip()
    if not text:
        return None
    reason_id = row_id(text)
    if reason_id is None or reason_id not in tree.nodes:
        message = "There is no such reason any more. Start from the ranking, or choose one below the reasons."
        raise Missing(message)
    return tree.resolve(reason_id)


def _proposed(tree: Tree, reason_id: int | None) -> Plan:
    if reason_id is None:
        return Plan("", owner_id=current_user.id)
    name = f"Fewer contacts about “{tree.path(reason_id)[-1]}”"[: rules.LONGEST_NAME]
    return Plan(name, reason_ids=frozenset({reason_id}), owner_id=current_user.id)


def _stands_on(reason_id: int | None) -> Basis | None:
    """The reason's volume and cost of the last year; nothing where there are no contacts."""
    if reason_id is None:
        return None
    try:
        return basis(work.reading(), {reason_id}, (), work.settings().currency, work.today())
    except Refused:
        return None


def _offer(form: PlanForm, tree: Tree, present: Plan) -> None:
    offered = [node.id for node in tree.in_use()]
    offered += [one for one in sorted(present.reason_ids) if one not in offered]
    everybody = people.people(work.reading(), with_disabled=True)
    form.offer({one: tree.text(one) for one in offered}, everybody, present)


def _change(initiative_id: int, form: PlanForm, stage: str) -> None:
    seen = row_id(form.seen.data or "") or 0
    typed, by, at, today = form.plan(), work.me(), work.now(), work.today()
    is_open = rules.scope_is_open(stage)

    def save(session: Any) -> None:  # noqa: ANN401  (a session)
        now = initiatives.initiative(session, initiative_id).plan
        plan = typed if is_open else replace(typed, reason_ids=now.reason_ids, channels=now.channels)
        actions.change(session, initiative_id, plan, seen=seen, by=by, at=at, today=today)

    work.write(save)


def _differences(form: PlanForm, now: Plan, tree: Tree) -> list[Difference]:
    names = {person.id: person.name for person in people.people(work.reading(), with_disabled=True)}
    typed = form.plan()
    return [
        Difference(
            form[name].label.text,
            _said(getattr(now, name), name, tree, names),
            _said(getattr(typed, name), name, tree, names),
        )
        for name in rules.changed_fields(now, typed)
    ]


def _said(value: Any, field: str, tree: Tree, names: Mapping[int, str]) -> str:  # noqa: ANN401  (any field's value)
    if value is None or value == "":
        return "nothing"
    if isinstance(value, date):
        return day(value)
    if field in {"owner_id", "sponsor_id"}:
        return names.get(value, "somebody who left")
    if not isinstance(value, frozenset):
        return str(value)
    texts: dict[str, Callable[[Any], str]] = {
        "reason_ids": tree.text,
        "channels": CHANNEL_NAMES.__getitem__,
        "member_ids": lambda one: names.get(one, "somebody who left"),
    }
    return ", ".join(sorted(map(texts[field], value))) or ("all" if field == "channels" else "nothing")

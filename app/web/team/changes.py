"""The register of other changes: what else moved contacts, who says so, and who agreed that its days are left out."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import HiddenField, SelectField, StringField, TextAreaField

from app.initiatives.actions import Unfit
from app.initiatives.queries import Known
from app.measurement import change_actions, plan_queries, register
from app.measurement.change_actions import KINDS, Proposal
from app.measurement.plan_queries import Change
from app.reasons import queries as reasons
from app.reasons.rules import Tree
from app.values import csv_text
from app.values.errors import Missing, Refused
from app.values.figures import counted, day
from app.values.periods import ONE_DAY, Period
from app.web import work
from app.web.access import SUPERVISORS, allow
from app.web.fields import DayField, put_faults, row_id
from app.web.forms import Form
from app.web.team.blueprint import pages
from app.web.team.initiative_forms import Choices

PROPOSERS = ("team", "lead", "sponsor", "finance")
DECIDERS = ("team", "sponsor", "finance")
STATES = {"proposed": "Not decided", "approved": "Approved", "rejected": "Rejected"}
LONGEST_KEY = 36
CSV_COLUMNS = (
    "number", "from", "up_to_not_including", "kind", "name", "reasons", "evidence", "state", "proposed_by",
    "proposed_at", "decided_by", "decided_at", "note", "initiatives",
)  # fmt: skip


class ChangeForm(Form):
    """Another change, as it is proposed."""

    kind = SelectField("What it was", choices=dict(KINDS))
    name = StringField("Name")
    first_day = DayField("First day", needed="Choose its first day.")
    last_day = DayField("Last day")
    evidence = TextAreaField("How this is known")
    reason_ids = Choices("Reasons that it touched")
    key = HiddenField(default=lambda: uuid.uuid4().hex)

    def offer(self, tree: Tree) -> None:
        """Reasons to choose."""
        self.reason_ids.choices = {str(node.id): tree.text(node.id) for node in tree.in_use()}

    def proposal(self) -> Proposal:
        """What was proposed; raises Unfit where the last day lies before the first."""
        first: date = self.first_day.data
        last: date = self.last_day.data or first
        if last < first:
            raise Unfit({"last_day": f"The last day, {day(last)}, lies before the first, {day(first)}."})
        return Proposal(
            kind=self.kind.data,
            name=self.name.data or "",
            days=Period(first, last + ONE_DAY),
            evidence=self.evidence.data or "",
            reason_ids=frozenset(map(int, self.reason_ids.data or ())),
        )


class DecisionForm(Form):
    """Yes or no to one entry, with a note."""

    note = StringField("Note")
    decision = HiddenField()


@pages.get("/changes")
@allow(*SUPERVISORS)
def changes() -> ResponseReturnValue:
    """Every entry, by its days; an address may fill the form in beforehand."""
    kind, reason_id = request.args.get("kind", ""), row_id(request.args.get("reason", ""))
    told = {"kind": kind if kind in KINDS else None, "reason_ids": [str(reason_id)] if reason_id else []}
    return _page(ChangeForm(formdata=None, data={**told, "first_day": _day_asked()}))


@pages.get("/changes.csv")
@allow(*SUPERVISORS)
def changes_csv() -> ResponseReturnValue:
    """The same entries as CSV."""
    headers = {"Content-Disposition": 'attachment; filename="other-changes.csv"'}
    db = work.reading()
    rows = _asked(plan_queries.changes(db))
    lines = _csv(rows, reasons.tree(db), register.concerned(db, rows))
    return Response(lines, mimetype="text/csv", headers=headers)


@pages.post("/changes")
@allow(*PROPOSERS)
def change_propose() -> ResponseReturnValue:
    """Propose one."""
    form = ChangeForm()
    form.offer(reasons.tree(work.reading()))
    if form.validate_on_submit():
        key, by, at = (form.key.data or uuid.uuid4().hex)[:LONGEST_KEY], work.me(), work.now()
        try:
            proposal = form.proposal()
            work.write(lambda session: change_actions.propose(session, proposal, form_key=key, by=by, at=at))
        except Unfit as error:
            put_faults(form, error.faults)
        else:
            flash(f"“{proposal.name.strip()}” is in the register. Somebody else decides on it.")
            return redirect(url_for("team.changes"))
    return _page(form), 422


@pages.post("/changes/<int:change_id>/decide")
@allow(*DECIDERS)
def change_decide(change_id: int) -> ResponseReturnValue:
    """Approve or reject one."""
    form = DecisionForm()
    if not form.validate_on_submit() or form.decision.data not in {"approve", "reject"}:
        form.form_errors.append("Press “Approve” or “Reject”.")
        return _page(ChangeForm(formdata=None), (change_id, form)), 422
    is_approved, note, by, at = form.decision.data == "approve", form.note.data or "", work.me(), work.now()
    try:
        work.write(
            lambda session: change_actions.decide(session, change_id, is_approved=is_approved, note=note, by=by, at=at)
        )
    except Missing:
        raise
    except Refused as error:
        form.form_errors.append(error.sentence)
        return _page(ChangeForm(formdata=None), (change_id, form)), 422
    return redirect(url_for("team.changes", _anchor=f"change-{change_id}"))


def _page(form: ChangeForm, decided: tuple[int, DecisionForm] | None = None) -> str:
    db = work.reading()
    tree = reasons.tree(db)
    if not form.reason_ids.choices:
        form.offer(tree)
    everything = plan_queries.changes(db)
    return render_template(
        "team/changes.html",
        form=form,
        decided=decided,
        rows=_asked(everything),
        of=everything,
        waiting=[one for one in everything if one.state == "proposed"],
        concerned=register.concerned(db, everything),
        why_not=why_not,
        tree=tree,
        kinds=KINDS,
        states=STATES,
        state=request.args.get("state", ""),
        finding=_finding(everything),
        may_propose=current_user.may(*PROPOSERS),
    )


def why_not(change: Change) -> str:
    """Why the reader may not decide on an entry; nothing where they may."""
    if not current_user.may(*DECIDERS):
        return "The SWAT team, a sponsor or finance decides."
    if change.proposed_by_id == current_user.id:
        return "You proposed it, so somebody else decides."
    return ""


def _day_asked() -> date | None:
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None


def _asked(everything: Sequence[Change]) -> list[Change]:
    state = request.args.get("state", "")
    return [one for one in everything if not state or one.state == state]


def _finding(everything: Sequence[Change]) -> tuple[str, str]:
    """The sentence of the page, and what should be known with it."""
    waiting = sum(one.state == "proposed" for one in everything)
    if not everything:
        return "Nothing else has moved contacts, as far as anybody has said.", (
            "An outage, a campaign or a new price moves contacts as much as an initiative does. Put it here with its "
            "days; when somebody else has agreed, those days are left out of every figure that they would bend."
        )
    if waiting:
        verb = "waits" if waiting == 1 else "wait"
        return f"{counted(waiting, 'change')} {verb} for a decision.", (
            "While one is open, no initiative that it touches is verified."
        )
    approved = sum(one.leaves_days_out for one in everything)
    return f"{counted(approved, 'other change')} {'is' if approved == 1 else 'are'} left out of the figures.", (
        "Their days are missing on both sides: in the baseline, and in what came since go-live."
    )


def _csv(rows: Sequence[Change], tree: Tree, concerned: Mapping[int, Sequence[Known]]) -> Iterator[str]:
    yield csv_text.line(CSV_COLUMNS)
    for one in rows:
        yield csv_text.line(
            (
                one.id,
                one.start,
                one.end,
                one.kind,
                one.name,
                "; ".join(sorted(tree.text(reason_id) for reason_id in one.reason_ids)),
                one.evidence,
                one.state,
                one.proposed_by,
                one.proposed_at.isoformat(),
                one.decided_by,
                one.decided_at.isoformat() if one.decided_at else None,
                one.note,
                " ".join(known.code for known in concerned[one.id]),
            )
        )

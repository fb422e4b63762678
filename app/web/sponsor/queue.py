"""Finance's queue: what was claimed, oldest first, to be approved, approved at a lower figure, or rejected."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session
from wtforms import TextAreaField
from wtforms.validators import Length

from app.initiatives import queries as initiatives
from app.initiatives.queries import Known
from app.initiatives.rules import code
from app.ledger import claim_queries, claiming, entry_queries, signing
from app.ledger.claim_queries import Claimed
from app.ledger.entries import Recorded
from app.ledger.rules import APPROVED, LOWERED, OUTCOMES, REJECTED
from app.ledger.signing import LONGEST_NOTE, Signer
from app.people.rules import Actor
from app.values.errors import Refused
from app.values.money import Money, money_in_brackets
from app.web import work
from app.web.access import SUPERVISORS, allow
from app.web.fields import AmountField
from app.web.forms import Form
from app.web.sponsor import savings_notes
from app.web.sponsor.blueprint import pages
from app.web.sponsor.months import made_from

DONE = {
    APPROVED: "is approved: the amount is validated.",
    LOWERED: "is approved at the lower figure.",
    REJECTED: "is rejected. It can be claimed again once it was booked anew.",
}


class DecisionForm(Form):
    """What finance decides about one claim, and why."""

    lower = AmountField("Lower figure")
    note = TextAreaField("Note", [Length(max=LONGEST_NOTE)])


class ClaimForm(Form):
    """What finance should know of a claim."""

    note = TextAreaField("Note to finance", [Length(max=LONGEST_NOTE)])


@dataclass(frozen=True)
class Waiting:
    """One claim as this person sees it: why they may not decide, and the form where they tried."""

    claimed: Claimed
    refusal: str | None
    made_from: str
    above: str
    form: DecisionForm
    tried: str = ""


@dataclass(frozen=True)
class Claimable:
    """An amount that this person may claim."""

    entry: Recorded
    known: Known
    made_from: str


@pages.get("/savings/queue")
@allow(*SUPERVISORS)
def queue() -> ResponseReturnValue:
    """The claims that wait, what may be claimed, and what was decided."""
    return _page()


@pages.post("/savings/claims/<int:number>")
@allow(*SUPERVISORS)
def claim(number: int) -> ResponseReturnValue:
    """Ask finance to validate the amount of an entry."""
    form = ClaimForm()
    note, by, at = (form.note.data or "")[:LONGEST_NOTE], work.me(), work.now()
    try:
        work.write(lambda session: claiming.claim(session, number, note, by=by, at=at))
    except Refused as error:
        return _page(trouble=error.sentence), 422
    entry = entry_queries.entry(work.reading(), number)
    of, amount = code(entry.facts.initiative_id), money_in_brackets(entry.facts.amount, cents=True)
    flash(f"{amount} of {of}, {entry.facts.month:%B %Y}, is claimed. It waits for finance now.")
    return _back(entry)


@pages.post("/savings/queue/<int:claim_id>/<outcome>")
@allow("finance")
def decide(claim_id: int, outcome: str) -> ResponseReturnValue:
    """Approve a claim, approve a lower figure, or reject it."""
    form = DecisionForm()
    if outcome not in OUTCOMES:
        raise Refused("Approve the claim, approve a lower figure, or reject it.")
    if not form.validate_on_submit():
        return _page(claim_id, outcome, form), 422
    lower = form.lower.data if outcome == LOWERED else None
    try:
        claimed = work.write(_deciding(claim_id, outcome, lower, form.note.data or "", work.me()))
    except Refused as error:
        form.form_errors.append(error.sentence)
        return _page(claim_id, outcome, form), 422
    flash(f"The claim of {claimed.known.code}, {claimed.entry.facts.month:%B %Y}, {DONE[outcome]}")
    return _back(claimed.entry)


def _back(entry: Recorded) -> ResponseReturnValue:
    """Where the person was: the calculation of the amount, or the queue."""
    is_from_calculation = request.form.get("from") == "calculation"
    return redirect(made_from(entry) if is_from_calculation else url_for("sponsor.queue"))


def _deciding(claim_id: int, outcome: str, lower: Money | None, note: str, by: Actor) -> Callable[[Session], Claimed]:
    at, today, currency = work.now(), work.today(), work.settings().currency

    def decide(session: Session) -> Claimed:
        if outcome == APPROVED:
            claiming.approve(session, claim_id, note, by=by, at=at, today=today)
        elif outcome == REJECTED:
            claiming.reject(session, claim_id, note, by=by, at=at, today=today)
        else:
            figure = lower or Money(0, currency)
            claiming.approve_lower(session, claim_id, figure, note, by=by, at=at, today=today)
        return claim_queries.claim(session, claim_id)

    return decide


def _page(claim_id: int | None = None, outcome: str = "", form: DecisionForm | None = None, trouble: str = "") -> str:
    db, me = work.reading(), Signer(current_user.id, current_user.roles)
    waiting = [_waiting(one, me, claim_id, outcome, form) for one in claim_queries.queue(db)]
    shown = {one.claimed.id for one in waiting}
    # A claim that somebody decided meanwhile is not in the queue any more: what is said of it stands above.
    above = [*form.form_errors] if form is not None and claim_id not in shown else []
    return render_template(
        "sponsor/queue.html",
        waiting=waiting,
        claimable=_claimable(db, me),
        decided=claim_queries.decided(db),
        trouble=[trouble] if trouble else above,
        claim_form=ClaimForm(formdata=None),
        is_finance="finance" in current_user.roles,
        amount_of=Money,
    )


def _waiting(one: Claimed, me: Signer, claim_id: int | None, outcome: str, form: DecisionForm | None) -> Waiting:
    is_tried = form is not None and one.id == claim_id
    shown = form if is_tried and form is not None else DecisionForm(formdata=None)
    refusal, above = signing.refusal(me, one.hands), savings_notes.above_in_month(one)
    return Waiting(one, refusal, made_from(one.entry), above, shown, outcome if is_tried else "")


def _claimable(db: Session, me: Signer) -> list[Claimable]:
    entries = claim_queries.claimable(db)
    known = {one.id: one for one in initiatives.initiatives(db)} if entries else {}
    return [
        Claimable(entry, known[entry.facts.initiative_id], made_from(entry))
        for entry in entries
        if not signing.claim_refusal(me, claim_queries.hands_of(known[entry.facts.initiative_id]), entry.facts.amount)
    ]

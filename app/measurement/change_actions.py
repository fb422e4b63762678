"""The register of other changes: one person proposes with evidence, another decides.

Clauses E1 and E2 of docs/methods.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.initiatives.actions import Unfit
from app.measurement.tables import OtherChange, OtherChangeReason
from app.people import trail
from app.people.rules import Actor
from app.reasons import queries as reasons
from app.values.errors import Missing, Refused
from app.values.figures import day
from app.values.lines import one_line
from app.values.periods import Period

RELABELLING = "relabelling"
KINDS: Mapping[str, str] = {
    "outage": "Outage",
    "campaign": "Campaign",
    "price": "Price change",
    "closure": "Closure",
    RELABELLING: "Relabelling that moved no contacts",
    "other": "Something else",
}
LONGEST_NAME = 200
LONGEST_TEXT = 2000
MISSING = "This entry of the register is not there. The register shows all that there are."


@dataclass(frozen=True, slots=True)
class Proposal:
    """Another change as somebody proposes it; without reasons it touched all of them."""

    kind: str
    name: str
    days: Period
    evidence: str
    reason_ids: frozenset[int] = frozenset()


def propose(session: Session, proposal: Proposal, *, form_key: str, by: Actor, at: datetime) -> int:
    """Put another change into the register (E1), to be decided by somebody else; a form sent twice makes one.

    Raises Unfit with a sentence a field.
    """
    sent_before = select(OtherChange.id).where(OtherChange.form_key == form_key)
    if (there := session.scalar(sent_before)) is not None:
        return there
    if found := _faults(session, proposal):
        raise Unfit(found)
    row = OtherChange(
        kind=proposal.kind,
        name=one_line(proposal.name),
        start=proposal.days.start,
        end=proposal.days.end,
        evidence=proposal.evidence.strip(),
        state="proposed",
        form_key=form_key,
        proposed_by_id=by.id,
        proposed_by=by.name,
        proposed_at=at,
        note="",
    )
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        if (there := session.scalar(sent_before)) is not None:
            return there
        raise
    session.add_all(OtherChangeReason(change_id=row.id, reason_id=one) for one in sorted(proposal.reason_ids))
    session.flush()
    after = {
        "kind": row.kind,
        "name": row.name,
        "start": row.start,
        "end": row.end,
        "evidence": row.evidence,
        "reason_ids": proposal.reason_ids,
    }
    trail.record(session, "change.proposed", f"change:{row.id}", by=by, at=at, after=after)
    return row.id


def decide(session: Session, change_id: int, *, is_approved: bool, note: str, by: Actor, at: datetime) -> None:
    """Approve or reject another change (E2); the same press twice decides once.

    Raises Refused for its proposer, for a rejection without a word, and where it was decided otherwise already.
    """
    row = session.get(OtherChange, change_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise Missing(MISSING)
    state = "approved" if is_approved else "rejected"
    note = note.strip()
    if (row.state, row.decided_by, row.note) == (state, by.name, note):
        return
    if row.state != "proposed":
        decided_on = day(row.decided_at.date()) if row.decided_at else "another day"
        raise Refused(f"{row.decided_by} {row.state} “{row.name}” already, on {decided_on}. That stays as it is.")
    if by.id is not None and by.id == row.proposed_by_id:
        raise Refused("Who proposes a change does not decide on it. Ask somebody else to.")
    if not is_approved and not note:
        raise Refused("Say why it is rejected, so that nobody has to propose it again to find out.")
    if len(note) > LONGEST_TEXT:
        raise Refused(f"The note has {len(note)} letters; {LONGEST_TEXT} is the most.")
    row.state, row.note, row.decided_by, row.decided_at = state, note, by.name, at
    session.flush()
    after = {"name": row.name, "note": row.note}
    trail.record(session, f"change.{state}", f"change:{change_id}", by=by, at=at, after=after)


def _faults(session: Session, proposal: Proposal) -> dict[str, str]:
    found: dict[str, str] = {}
    if proposal.kind not in KINDS:
        found["kind"] = "Choose what kind of change it was."
    if not 0 < len(one_line(proposal.name)) <= LONGEST_NAME:
        found["name"] = f"Name it in 1 to {LONGEST_NAME} letters, like “Phone line down in the north”."
    if not proposal.evidence.strip():
        found["evidence"] = "Say how this is known: a ticket, a mail, a bill. Without evidence nobody can approve it."
    if len(proposal.evidence) > LONGEST_TEXT:
        found["evidence"] = f"The evidence has {len(proposal.evidence)} letters; {LONGEST_TEXT} is the most."
    if unknown := proposal.reason_ids - reasons.tree(session).nodes.keys():
        found["reason_ids"] = f"Choose reasons from the list; {len(unknown)} of these do not exist."
    return found

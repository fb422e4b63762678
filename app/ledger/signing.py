"""Who may claim a realised amount, who may decide about it, and what may be decided.

Clauses L8 - L9 of docs/methods.md: who has a hand in an initiative never signs for it.
"""

from dataclasses import dataclass

from app.ledger.rules import LOWERED, REJECTED
from app.values.money import Money

LONGEST_NOTE = 2000


@dataclass(frozen=True, slots=True)
class Hands:
    """Who has a hand in the amount: the initiative's people, and whoever claimed it."""

    code: str
    owner_id: int | None
    sponsor_id: int | None
    member_ids: frozenset[int]
    claimed_by_id: int | None = None


@dataclass(frozen=True, slots=True)
class Signer:
    """A person with roles."""

    id: int | None
    roles: frozenset[str]


def claim_refusal(signer: Signer, hands: Hands, amount: Money) -> str | None:
    """Why this person cannot claim the amount; none: they may."""
    may = "team" in signer.roles or signer.id in {hands.owner_id, hands.sponsor_id, *hands.member_ids}
    if signer.id is None or not may:
        return f"Only the SWAT team, the owner or the sponsor of {hands.code} claims its savings."
    if amount.amount_minor == 0:
        return "Nothing was booked for this month, so there is nothing to claim."
    return None


def refusal(signer: Signer, hands: Hands) -> str | None:
    """Why this person cannot decide (L9); none: they may. The finance role does not help who has a hand in it."""
    if signer.id is None or "finance" not in signer.roles:
        return "Only finance decides about savings."
    if signer.id == hands.claimed_by_id:
        return f"You claimed this amount of {hands.code}: somebody else of finance decides about it."
    if signer.id == hands.owner_id:
        return f"You own {hands.code}: somebody else of finance decides about its savings."
    if signer.id == hands.sponsor_id:
        return f"You sponsor {hands.code}: somebody else of finance decides about its savings."
    if signer.id in hands.member_ids:
        return f"You are on the team of {hands.code}: somebody else of finance decides about its savings."
    return None


def fault(outcome: str, realised: Money, lower: Money | None, note: str) -> str | None:
    """What is wrong with a decision; none: it can be kept."""
    if outcome in {LOWERED, REJECTED} and not note.strip():
        return "Say why in the note: whoever claimed it has to be able to follow."
    if len(note) > LONGEST_NOTE:
        return f"The note is longer than {LONGEST_NOTE:,} characters. Shorten it."
    return _lower_fault(realised, lower) if outcome == LOWERED else None


def _lower_fault(realised: Money, lower: Money | None) -> str | None:
    if realised.amount_minor <= 0:
        return "An amount that takes something back is approved or rejected as it is; there is no lower figure of it."
    if lower is None or lower.currency != realised.currency:
        return f"Write the lower figure in {realised.currency}."
    if not 0 < lower.amount_minor < realised.amount_minor:
        return "A lower figure is above zero and below the realised one. To accept none of it, reject it."
    return None

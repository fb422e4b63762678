"""The initiatives as the meeting sees them: by stage, the late ones first, and by the reasons that they are about."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from app.initiatives.queries import Known
from app.initiatives.rules import GONE_LIVE, OPEN, is_overdue, is_stale
from app.ledger.queries import Line
from app.ledger.rules import Entry, Rung, Yearly, ladder
from app.web.team import initiative_words
from app.web.team.initiative_words import Judgement

DRAWN = ("idea", "sizing", "approved", "progress", "live", "validated")


@dataclass(frozen=True, slots=True)
class Card:
    """An initiative on the board: the days that it is late or lies still, and once it is live what it brings."""

    known: Known
    overdue_days: int
    stale_days: int
    result: Judgement | None


def by_reason(known: list[Known]) -> dict[int, list[Known]]:
    """Initiatives that are being worked on, by the reasons that they name."""
    found: dict[int, list[Known]] = {}
    for one in known:
        if one.stage in OPEN:
            for reason_id in one.plan.reason_ids:
                found.setdefault(reason_id, []).append(one)
    return found


def realised(lines: list[Line], currency: str, measured_ids: Collection[int] = ()) -> Rung:
    """The last step of the ladder to the goal."""
    entries = [Entry(line.known.id, line.known.stage, line.projected, _realised(line, measured_ids)) for line in lines]
    return ladder(entries, currency)[-1]


def _realised(line: Line, measured_ids: Collection[int]) -> Yearly | None:
    """What is booked a year where it was measured by a frozen plan, else what the comparison with last year says."""
    if line.known.id not in measured_ids:
        return line.realised
    return line.position.measured if line.position else None


def board(lines: list[Line], today: date, timezone: ZoneInfo) -> dict[str, list[Card]]:
    """Cards by stage, in the order of the stages; the latest first, then those that lie still."""
    cards = [_card(line, today, timezone) for line in lines]
    return {
        stage: sorted(
            (card for card in cards if card.known.stage == stage),
            key=lambda card: (-card.overdue_days, -card.stale_days, card.known.id),
        )
        for stage in DRAWN
    }


def _card(line: Line, today: date, timezone: ZoneInfo) -> Card:
    known = line.known
    moved_on = known.moved_at.astimezone(timezone).date()
    due_on = known.plan.due_on
    return Card(
        known,
        (today - due_on).days if due_on and is_overdue(known.stage, due_on, today) else 0,
        (today - moved_on).days if is_stale(known.stage, moved_on, today) else 0,
        initiative_words.judge(line, today, timezone) if known.stage in GONE_LIVE else None,
    )

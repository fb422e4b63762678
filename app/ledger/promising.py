"""Stages that change what is promised, brought into the ledger with the step itself.

Clause L13 of docs/methods.md.
"""

from datetime import date, datetime

from sqlalchemy.orm import Session

from app.initiatives import actions as initiative_actions
from app.ledger import actions, chain, proposing
from app.ledger.proposing import PROJECTED
from app.people.rules import Actor


def move(  # noqa: PLR0913
    session: Session,
    initiative_id: int,
    to: str,
    *,
    by: Actor,
    at: datetime,
    today: date,
    seen_stage: str | None = None,
    seen_projection: int | None = None,
    go_live_on: date | None = None,
    note: str = "",
) -> None:
    """Take an initiative to another stage and book what it promises from then on, so that no page is ahead."""
    chain.hold(session)
    initiative_actions.move(
        session,
        initiative_id,
        to,
        by=by,
        at=at,
        today=today,
        seen_stage=seen_stage,
        seen_projection=seen_projection,
        go_live_on=go_live_on,
        note=note,
    )
    promised = [one for one in proposing.bookings(session, today, initiative_id) if one.kind == PROJECTED]
    actions.book(session, promised, by=by, at=at)

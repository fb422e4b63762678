"""Acts that released cash, as they are kept."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.ledger.cash_rules import Act, Dated
from app.ledger.tables import Attachment, CashAct
from app.values.errors import Missing
from app.values.money import Money


def acts(session: Session, initiative_ids: Collection[int] | None = None, act_id: int | None = None) -> list[Dated]:
    """The acts, the earliest day first, each with the day on which a later act ended it."""
    ending = aliased(CashAct)
    query = (
        select(CashAct, ending.day, Attachment.sha256)
        .outerjoin(ending, ending.ends_id == CashAct.id)
        .outerjoin(Attachment, Attachment.id == CashAct.attachment_id)
        .where(CashAct.ends_id.is_(None))
        .order_by(CashAct.day, CashAct.id)
    )
    if initiative_ids is not None:
        query = query.where(CashAct.initiative_id.in_(initiative_ids))
    if act_id is not None:
        query = query.where(CashAct.id == act_id)
    return [
        Dated(
            row.id,
            row.initiative_id,
            Act(row.kind, row.day, Money(row.amount_minor, row.currency), row.every, row.description),
            ended_on,
            row.attachment_id,
            sha256,
        )
        for row, ended_on, sha256 in session.execute(query)
    ]


def act(session: Session, act_id: int) -> Dated:
    """One act; raises Missing."""
    found = acts(session, act_id=act_id)
    if not found:
        raise Missing("This act is not there.")
    return found[0]

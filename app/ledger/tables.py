"""The goal, the ledger with its chain, what was claimed and decided, and the acts that released cash."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Json, Moment
from app.ledger.rules import ACT_KINDS, COLUMNS, EVERY, KINDS, OUTCOMES


def _one_of(column: str, names: tuple[str, ...]) -> str:
    return f'"{column}" in ({", ".join(repr(name) for name in names)})'


class Goal(Base):
    """So many fewer contacts a year at so much each, from a day on."""

    __tablename__ = "goal"
    __table_args__ = {"info": {"distribution": "local"}}  # noqa: RUF012

    valid_from: Mapped[date] = mapped_column(primary_key=True)
    contacts: Mapped[int] = mapped_column(BigInteger)
    cost_per_contact_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    recorded_by: Mapped[str] = mapped_column(String(120))


class Attachment(Base):
    """A document that was handed in: its bytes lie in the instance's `attachments` under their SHA-256."""

    __tablename__ = "attachment"
    __table_args__ = {"info": {"distribution": "local"}}  # noqa: RUF012

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(100))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    added_at: Mapped[datetime] = mapped_column(Moment)
    added_by: Mapped[str] = mapped_column(String(120))


class CashAct(Base):
    """What made spend really fall, from a day on, or the end of an earlier one (`ends_id`, without amount).

    `amount_minor` is that of a month or of once, as `every` says. Never edited.
    """

    __tablename__ = "cash_act"
    __table_args__ = (
        CheckConstraint(_one_of("kind", ACT_KINDS), name="known_kind"),
        CheckConstraint(_one_of("every", EVERY), name="known_rhythm"),
        CheckConstraint("ends_id is not null or attachment_id is not null", name="has_evidence"),
        {"info": {"distribution": "local"}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    day: Mapped[date]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    every: Mapped[str] = mapped_column(String(8))
    description: Mapped[str] = mapped_column(Text)
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))
    ends_id: Mapped[int | None] = mapped_column(ForeignKey("cash_act.id"), unique=True)
    form_key: Mapped[str] = mapped_column(String(36), unique=True)
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_by: Mapped[str] = mapped_column(String(120))


class LedgerEntry(Base):
    """One amount of one month, named by its first day; never edited.

    `reverses` names the entry that it takes back whole, and `about` the realised entry that a validated one signs.
    """

    __tablename__ = "ledger_entry"
    __table_args__ = (
        CheckConstraint(_one_of("kind", KINDS), name="known_kind"),
        CheckConstraint(_one_of("column", COLUMNS), name="known_column"),
        CheckConstraint("(\"column\" = 'cash') = (act_id is not null)", name="cash_has_its_act"),
        Index("ix_ledger_entry_initiative_id_month", "initiative_id", "month"),
        {"info": {"distribution": "local"}},
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id"))
    month: Mapped[date]
    kind: Mapped[str] = mapped_column(String(12))
    column: Mapped[str] = mapped_column(String(8))
    contacts: Mapped[int] = mapped_column(BigInteger)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    method: Mapped[str] = mapped_column(String(40))
    method_version: Mapped[str] = mapped_column(String(12))
    plan_number: Mapped[int]
    plan_hash: Mapped[str] = mapped_column(String(64))
    rates_hash: Mapped[str] = mapped_column(String(64))
    result_id: Mapped[int | None] = mapped_column(ForeignKey("measurement.id"))
    act_id: Mapped[int | None] = mapped_column(ForeignKey("cash_act.id"))
    basis: Mapped[dict[str, Any]] = mapped_column(Json)
    reverses: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.number"), unique=True)
    about: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.number"), index=True)
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    by_name: Mapped[str] = mapped_column(String(120))
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class LedgerHead(Base):
    """The last entry's number and hash; its one row is locked while an entry is added, and while a claim is decided."""

    __tablename__ = "ledger_head"
    __table_args__ = {"info": {"distribution": "local"}}  # noqa: RUF012

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


class Claim(Base):
    """Somebody asks finance to validate a realised entry; an entry is claimed once."""

    __tablename__ = "claim"
    __table_args__ = {"info": {"distribution": "local"}}  # noqa: RUF012

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_number: Mapped[int] = mapped_column(ForeignKey("ledger_entry.number"), unique=True)
    note: Mapped[str] = mapped_column(Text)
    claimed_at: Mapped[datetime] = mapped_column(Moment)
    claimed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    claimed_by: Mapped[str] = mapped_column(String(120))


class ClaimDecision(Base):
    """What finance decided about a claim; a claim is decided once. A rejected one has no validated entry."""

    __tablename__ = "claim_decision"
    __table_args__ = (
        CheckConstraint(_one_of("outcome", OUTCOMES), name="known_outcome"),
        {"info": {"distribution": "local"}},
    )

    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"), primary_key=True, autoincrement=False)
    outcome: Mapped[str] = mapped_column(String(8))
    entry_number: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.number"))
    note: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime] = mapped_column(Moment)
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_by: Mapped[str] = mapped_column(String(120))

"""The ledger with its chain, claims and decisions, acts that released cash, and attachments."""

import sqlalchemy as sa
from alembic import op

from app.db import Json, Moment

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("added_at", Moment(), nullable=False),
        sa.Column("added_by", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index(op.f("ix_attachment_sha256"), "attachment", ["sha256"], unique=False)
    op.create_table(
        "ledger_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_head")),
    )
    op.create_table(
        "cash_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("every", sa.String(length=8), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("attachment_id", sa.Integer(), nullable=True),
        sa.Column("ends_id", sa.Integer(), nullable=True),
        sa.Column("form_key", sa.String(length=36), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.CheckConstraint("\"every\" in ('month', 'once')", name=op.f("ck_cash_act_known_rhythm")),
        sa.CheckConstraint(
            "\"kind\" in ('vacancy', 'roster', 'invoice', 'other')", name=op.f("ck_cash_act_known_kind")
        ),
        sa.CheckConstraint("ends_id is not null or attachment_id is not null", name=op.f("ck_cash_act_has_evidence")),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name=op.f("fk_cash_act_attachment_id_attachment")
        ),
        sa.ForeignKeyConstraint(["ends_id"], ["cash_act.id"], name=op.f("fk_cash_act_ends_id_cash_act")),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_cash_act_initiative_id_initiative")
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_cash_act_made_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_act")),
        sa.UniqueConstraint("ends_id", name=op.f("uq_cash_act_ends_id")),
        sa.UniqueConstraint("form_key", name=op.f("uq_cash_act_form_key")),
    )
    op.create_index(op.f("ix_cash_act_initiative_id"), "cash_act", ["initiative_id"], unique=False)
    op.create_table(
        "ledger_entry",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("column", sa.String(length=8), nullable=False),
        sa.Column("contacts", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("method_version", sa.String(length=12), nullable=False),
        sa.Column("plan_number", sa.Integer(), nullable=False),
        sa.Column("plan_hash", sa.String(length=64), nullable=False),
        sa.Column("rates_hash", sa.String(length=64), nullable=False),
        sa.Column("result_id", sa.Integer(), nullable=True),
        sa.Column("act_id", sa.Integer(), nullable=True),
        sa.Column("basis", Json, nullable=False),
        sa.Column("reverses", sa.Integer(), nullable=True),
        sa.Column("about", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=120), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("\"column\" in ('capacity', 'cash')", name=op.f("ck_ledger_entry_known_column")),
        sa.CheckConstraint(
            "\"kind\" in ('projected', 'forecast', 'realised', 'validated')", name=op.f("ck_ledger_entry_known_kind")
        ),
        sa.CheckConstraint(
            "(\"column\" = 'cash') = (act_id is not null)", name=op.f("ck_ledger_entry_cash_has_its_act")
        ),
        sa.ForeignKeyConstraint(["about"], ["ledger_entry.number"], name=op.f("fk_ledger_entry_about_ledger_entry")),
        sa.ForeignKeyConstraint(["act_id"], ["cash_act.id"], name=op.f("fk_ledger_entry_act_id_cash_act")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_ledger_entry_by_id_person")),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_ledger_entry_initiative_id_initiative")
        ),
        sa.ForeignKeyConstraint(["result_id"], ["measurement.id"], name=op.f("fk_ledger_entry_result_id_measurement")),
        sa.ForeignKeyConstraint(
            ["reverses"], ["ledger_entry.number"], name=op.f("fk_ledger_entry_reverses_ledger_entry")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint("reverses", name=op.f("uq_ledger_entry_reverses")),
    )
    op.create_index(op.f("ix_ledger_entry_about"), "ledger_entry", ["about"], unique=False)
    op.create_index("ix_ledger_entry_initiative_id_month", "ledger_entry", ["initiative_id", "month"], unique=False)
    op.create_table(
        "claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_number", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("claimed_at", Moment(), nullable=False),
        sa.Column("claimed_by_id", sa.Integer(), nullable=False),
        sa.Column("claimed_by", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["claimed_by_id"], ["person.id"], name=op.f("fk_claim_claimed_by_id_person")),
        sa.ForeignKeyConstraint(
            ["entry_number"], ["ledger_entry.number"], name=op.f("fk_claim_entry_number_ledger_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sa.UniqueConstraint("entry_number", name=op.f("uq_claim_entry_number")),
    )
    op.create_table(
        "claim_decision",
        sa.Column("claim_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("entry_number", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("decided_at", Moment(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=False),
        sa.Column("decided_by", sa.String(length=120), nullable=False),
        sa.CheckConstraint(
            "\"outcome\" in ('approved', 'lowered', 'rejected')", name=op.f("ck_claim_decision_known_outcome")
        ),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_decision_claim_id_claim")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_claim_decision_decided_by_id_person")),
        sa.ForeignKeyConstraint(
            ["entry_number"], ["ledger_entry.number"], name=op.f("fk_claim_decision_entry_number_ledger_entry")
        ),
        sa.PrimaryKeyConstraint("claim_id", name=op.f("pk_claim_decision")),
    )
    op.execute("insert into ledger_head (id, number, hash) values (1, 0, '" + "0" * 64 + "')")


def downgrade() -> None:
    op.drop_table("claim_decision")
    op.drop_table("claim")
    op.drop_index("ix_ledger_entry_initiative_id_month", table_name="ledger_entry")
    op.drop_index(op.f("ix_ledger_entry_about"), table_name="ledger_entry")
    op.drop_table("ledger_entry")
    op.drop_index(op.f("ix_cash_act_initiative_id"), table_name="cash_act")
    op.drop_table("cash_act")
    op.drop_table("ledger_head")
    op.drop_index(op.f("ix_attachment_sha256"), table_name="attachment")
    op.drop_table("attachment")

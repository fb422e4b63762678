"""Masks, retention with the totals of what was dropped, and customers who were erased."""

import sqlalchemy as sa
from alembic import op

from app.db import Json, Moment

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "privacy",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("masks_phones", sa.Boolean(), nullable=False),
        sa.Column("masks_emails", sa.Boolean(), nullable=False),
        sa.Column("phone_region", sa.String(2), nullable=True),
        sa.Column("kept_months", sa.Integer(), nullable=True),
        sa.Column("dropped_before", sa.Date(), nullable=True),
        sa.Column("run", Json, nullable=True),
        sa.Column("has_erased", sa.Boolean(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_privacy_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy")),
    )
    op.create_table(
        "dropped_total",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("handled", sa.BigInteger(), nullable=False),
        sa.Column("abandoned", sa.BigInteger(), nullable=False),
        sa.Column("outbound", sa.BigInteger(), nullable=False),
        sa.Column("timed", sa.BigInteger(), nullable=False),
        sa.Column("handle_seconds", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_dropped_total_source_id_source")),
        sa.PrimaryKeyConstraint("day", "reason_id", "channel", "source_id", name=op.f("pk_dropped_total")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "erased_customer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("pending", sa.LargeBinary(), nullable=True),
        sa.Column("contacts", sa.BigInteger(), nullable=False),
        sa.Column("rejected_rows", sa.BigInteger(), nullable=False),
        sa.Column("erased_by", sa.String(120), nullable=False),
        sa.Column("erased_at", Moment(), nullable=False),
        sa.Column("told_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erased_customer")),
        sa.UniqueConstraint("digest", name=op.f("uq_erased_customer_digest")),
    )


def downgrade() -> None:
    # An older version counts days from contacts alone: the totals of those that were dropped go with this table.
    op.drop_table("erased_customer")
    op.drop_table("dropped_total")
    op.drop_table("privacy")

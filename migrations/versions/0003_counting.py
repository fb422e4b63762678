"""Daily totals, opening days and cost rates."""

import sqlalchemy as sa
from alembic import op

from app.db import Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "closed_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_closed_day")),
    )
    op.create_table(
        "cost_rate",
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("basis", sa.String(length=8), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("stated_by", sa.String(length=300), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.CheckConstraint("basis in ('contact', 'minute')", name=op.f("ck_cost_rate_known_basis")),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_cost_rate_above_zero")),
        sa.PrimaryKeyConstraint("channel", "valid_from", name=op.f("pk_cost_rate")),
    )
    op.create_table(
        "open_weekday",
        sa.Column("weekday", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("weekday", name=op.f("pk_open_weekday")),
    )
    op.create_table(
        "daily_total",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("handled", sa.BigInteger(), nullable=False),
        sa.Column("abandoned", sa.BigInteger(), nullable=False),
        sa.Column("outbound", sa.BigInteger(), nullable=False),
        sa.Column("timed", sa.BigInteger(), nullable=False),
        sa.Column("handle_seconds", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_daily_total_source_id_source")),
        sa.PrimaryKeyConstraint("day", "reason_id", "channel", "source_id", name=op.f("pk_daily_total")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_daily_total_reason_id_day",
        "daily_total",
        ["reason_id", "day", "channel", "handled", "abandoned"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index("ix_daily_total_reason_id_day", table_name="daily_total")
    op.drop_table("daily_total")
    op.drop_table("open_weekday")
    op.drop_table("cost_rate")
    op.drop_table("closed_day")

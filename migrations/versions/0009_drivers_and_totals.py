"""Drivers, and totals that come as figures."""

import sqlalchemy as sa
from alembic import op

from app.db import Json, Moment

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "driver",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("grain", sa.String(length=5), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.CheckConstraint("grain in ('day', 'week', 'month')", name=op.f("ck_driver_known_grain")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_driver")),
        sa.UniqueConstraint("name", name=op.f("uq_driver_name")),
    )
    op.create_table(
        "totalled_day",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_totalled_day_source_id_source")),
        sa.PrimaryKeyConstraint("source_id", "day", name=op.f("pk_totalled_day")),
    )
    op.create_table(
        "period_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("grain", sa.String(length=5), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("new", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.Column("unchanged", sa.BigInteger(), nullable=False),
        sa.Column("rejected", sa.BigInteger(), nullable=False),
        sa.Column("ignored", sa.BigInteger(), nullable=False),
        sa.Column("untagged", sa.BigInteger(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("header", Json, nullable=False),
        sa.Column("remarks", Json, nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("removed_at", Moment(), nullable=True),
        sa.CheckConstraint("kind in ('totals', 'drivers')", name=op.f("ck_period_file_known_kind")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_period_file_source_id_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period_file")),
    )
    op.create_index(op.f("ix_period_file_kind"), "period_file", ["kind"], unique=False)
    op.create_index(op.f("ix_period_file_source_id"), "period_file", ["source_id"], unique=False)
    op.create_table(
        "period_reject",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("column", sa.String(length=200), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("row", Json, nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["period_file.id"], name=op.f("fk_period_reject_file_id_period_file")),
        sa.PrimaryKeyConstraint("file_id", "line", name=op.f("pk_period_reject")),
    )
    op.create_table(
        "driver_value",
        sa.Column("driver_id", sa.Integer(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.CheckConstraint("value > 0", name=op.f("ck_driver_value_above_zero")),
        sa.ForeignKeyConstraint(["driver_id"], ["driver.id"], name=op.f("fk_driver_value_driver_id_driver")),
        sa.ForeignKeyConstraint(["file_id"], ["period_file.id"], name=op.f("fk_driver_value_file_id_period_file")),
        sa.PrimaryKeyConstraint("driver_id", "start", "file_id", name=op.f("pk_driver_value")),
    )
    op.create_index(op.f("ix_driver_value_file_id"), "driver_value", ["file_id"], unique=False)
    _imported_total()


def _imported_total() -> None:
    op.create_table(
        "imported_total",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("grain", sa.String(length=5), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("raw_reason_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("end", sa.Date(), nullable=False),
        sa.Column("reason_id", sa.Integer(), nullable=False),
        sa.Column("contacts", sa.BigInteger(), nullable=False),
        sa.Column("handle_seconds", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("grain in ('day', 'week', 'month')", name=op.f("ck_imported_total_known_grain")),
        sa.CheckConstraint("contacts >= 0", name=op.f("ck_imported_total_not_below_zero")),
        sa.ForeignKeyConstraint(["file_id"], ["period_file.id"], name=op.f("fk_imported_total_file_id_period_file")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_imported_total_source_id_source")),
        sa.PrimaryKeyConstraint(
            "source_id", "grain", "start", "raw_reason_id", "channel", "file_id", name=op.f("pk_imported_total")
        ),
    )
    op.create_index("ix_imported_total_grain_start", "imported_total", ["grain", "start"], unique=False)
    op.create_index(op.f("ix_imported_total_file_id"), "imported_total", ["file_id"], unique=False)


def downgrade() -> None:
    for table in ("imported_total", "driver_value", "period_reject", "period_file", "totalled_day", "driver"):
        op.drop_table(table)

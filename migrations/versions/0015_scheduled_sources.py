"""Drop folders and mailboxes that are looked into by themselves."""

import sqlalchemy as sa
from alembic import op

from app.db import Json, Moment

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scheduled_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("place", Json, nullable=False),
        sa.Column("mapping", sa.String(length=120), nullable=True),
        sa.Column("hour", sa.Integer(), nullable=True),
        sa.Column("next_run_at", Moment(), nullable=False),
        sa.Column("paused_at", Moment(), nullable=True),
        sa.Column("last_run_at", Moment(), nullable=True),
        sa.Column("last_run", Json, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.CheckConstraint("kind in ('folder', 'mailbox')", name=op.f("ck_scheduled_source_known_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheduled_source")),
        sa.UniqueConstraint("source", name=op.f("uq_scheduled_source_source")),
    )


def downgrade() -> None:
    op.drop_table("scheduled_source")

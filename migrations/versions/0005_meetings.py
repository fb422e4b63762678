"""Meetings and the ask."""

import sqlalchemy as sa
from alembic import op

from app.db import Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ask",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("end", sa.Date(), nullable=False),
        sa.Column("contacts", sa.BigInteger(), nullable=False),
        sa.Column("cost_per_contact_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column("agreed_by", sa.String(length=120), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ask")),
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form_key", sa.String(length=64), nullable=False),
        sa.Column("week_start", sa.Date(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("form_key", name=op.f("uq_decision_form_key")),
    )
    op.create_index(op.f("ix_decision_week_start"), "decision", ["week_start"], unique=False)
    op.create_table(
        "ask_director",
        sa.Column("ask_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("department", sa.String(length=120), nullable=False),
        sa.Column("hours_a_week", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ask_id"], ["ask.id"], name=op.f("fk_ask_director_ask_id_ask")),
        sa.PrimaryKeyConstraint("ask_id", "name", name=op.f("pk_ask_director")),
    )
    op.create_table(
        "meeting_action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form_key", sa.String(length=64), nullable=False),
        sa.Column("week_start", sa.Date(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("owner_name", sa.String(length=120), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_meeting_action_owner_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_action")),
        sa.UniqueConstraint("form_key", name=op.f("uq_meeting_action_form_key")),
    )
    op.create_index(op.f("ix_meeting_action_owner_id"), "meeting_action", ["owner_id"], unique=False)
    op.create_index(op.f("ix_meeting_action_week_start"), "meeting_action", ["week_start"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_meeting_action_week_start"), table_name="meeting_action")
    op.drop_index(op.f("ix_meeting_action_owner_id"), table_name="meeting_action")
    op.drop_table("meeting_action")
    op.drop_table("ask_director")
    op.drop_index(op.f("ix_decision_week_start"), table_name="decision")
    op.drop_table("decision")
    op.drop_table("ask")

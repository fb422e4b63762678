"""Initiatives, projections and the goal."""

import sqlalchemy as sa
from alembic import op

from app.db import Json, Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "goal",
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("contacts", sa.BigInteger(), nullable=False),
        sa.Column("cost_per_contact_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("valid_from", name=op.f("pk_goal")),
    )
    op.create_table(
        "initiative",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("touchpoint", sa.String(length=60), nullable=False),
        sa.Column("stage", sa.String(length=12), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("sponsor_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("announced_on", sa.Date(), nullable=True),
        sa.Column("go_live_on", sa.Date(), nullable=True),
        sa.Column("full_go_live_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("form_key", sa.String(length=36), nullable=True),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("moved_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_initiative_owner_id_person")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["person.id"], name=op.f("fk_initiative_sponsor_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_initiative")),
        sa.UniqueConstraint("form_key", name=op.f("uq_initiative_form_key")),
    )
    op.create_index(op.f("ix_initiative_owner_id"), "initiative", ["owner_id"], unique=False)
    op.create_index(op.f("ix_initiative_sponsor_id"), "initiative", ["sponsor_id"], unique=False)
    op.create_index(op.f("ix_initiative_stage"), "initiative", ["stage"], unique=False)
    op.create_table(
        "initiative_channel",
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_initiative_channel_initiative_id_initiative")
        ),
        sa.PrimaryKeyConstraint("initiative_id", "channel", name=op.f("pk_initiative_channel")),
    )
    op.create_table(
        "initiative_member",
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_initiative_member_initiative_id_initiative")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["person.id"], name=op.f("fk_initiative_member_user_id_person")),
        sa.PrimaryKeyConstraint("initiative_id", "user_id", name=op.f("pk_initiative_member")),
    )
    op.create_table(
        "initiative_reason",
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("reason_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_initiative_reason_initiative_id_initiative")
        ),
        sa.ForeignKeyConstraint(["reason_id"], ["reason.id"], name=op.f("fk_initiative_reason_reason_id_reason")),
        sa.PrimaryKeyConstraint("initiative_id", "reason_id", name=op.f("pk_initiative_reason")),
    )
    op.create_table(
        "initiative_stage",
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stage", sa.String(length=12), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by_name", sa.String(length=120), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_initiative_stage_initiative_id_initiative")
        ),
        sa.PrimaryKeyConstraint("initiative_id", "number", name=op.f("pk_initiative_stage")),
    )
    op.create_table(
        "projection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("share_low_bp", sa.Integer(), nullable=False),
        sa.Column("share_likely_bp", sa.Integer(), nullable=False),
        sa.Column("share_high_bp", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ramp_days", sa.Integer(), nullable=False),
        sa.Column("base_start", sa.Date(), nullable=False),
        sa.Column("base_end", sa.Date(), nullable=False),
        sa.Column("base_contacts", sa.BigInteger(), nullable=False),
        sa.Column("base_cost_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("cost_to_do_minor", sa.BigInteger(), nullable=False),
        sa.Column("running_cost_year_minor", sa.BigInteger(), nullable=False),
        sa.Column(
            "rates",
            Json,
            nullable=False,
        ),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("frozen_at", Moment(), nullable=True),
        sa.Column("frozen_by", sa.String(length=120), nullable=True),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_projection_initiative_id_initiative")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projection")),
        sa.UniqueConstraint("initiative_id", "number", name=op.f("uq_projection_initiative_id_number")),
    )


def downgrade() -> None:
    op.drop_table("projection")
    op.drop_table("initiative_stage")
    op.drop_table("initiative_reason")
    op.drop_table("initiative_member")
    op.drop_table("initiative_channel")
    op.drop_index(op.f("ix_initiative_stage"), table_name="initiative")
    op.drop_index(op.f("ix_initiative_sponsor_id"), table_name="initiative")
    op.drop_index(op.f("ix_initiative_owner_id"), table_name="initiative")
    op.drop_table("initiative")
    op.drop_table("goal")

"""Measurement plans, the register of other changes, costs, measurements and placebos."""

import sqlalchemy as sa
from alembic import op

from app.db import Json, Moment

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "placebo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("worked_out_at", Moment(), nullable=False),
        sa.Column("figures", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placebo")),
    )
    op.create_table(
        "other_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("end", sa.Date(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("form_key", sa.String(length=36), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("proposed_by", sa.String(length=120), nullable=False),
        sa.Column("proposed_at", Moment(), nullable=False),
        sa.Column("decided_by", sa.String(length=120), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind in ('outage', 'campaign', 'price', 'closure', 'other')", name=op.f("ck_other_change_known_kind")
        ),
        sa.CheckConstraint("state in ('proposed', 'approved', 'rejected')", name=op.f("ck_other_change_known_state")),
        sa.CheckConstraint('start < "end"', name=op.f("ck_other_change_has_days")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["person.id"], name=op.f("fk_other_change_proposed_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_other_change")),
        sa.UniqueConstraint("form_key", name=op.f("uq_other_change_form_key")),
    )
    op.create_table(
        "initiative_cost",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("end", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("hours", sa.Double(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("form_key", sa.String(length=36), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.CheckConstraint(
            "kind in ('one_off', 'running', 'disbenefit', 'hours')", name=op.f("ck_initiative_cost_known_kind")
        ),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_initiative_cost_initiative_id_initiative")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_initiative_cost")),
        sa.UniqueConstraint("form_key", name=op.f("uq_initiative_cost_form_key")),
    )
    op.create_index(op.f("ix_initiative_cost_initiative_id"), "initiative_cost", ["initiative_id"], unique=False)
    op.create_table(
        "measurement_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.Column("minimum_detectable", sa.Double(), nullable=True),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("frozen_at", Moment(), nullable=True),
        sa.Column("frozen_by", sa.String(length=120), nullable=True),
        sa.Column("hash", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_measurement_plan_initiative_id_initiative")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measurement_plan")),
        sa.UniqueConstraint("initiative_id", "number", name=op.f("uq_measurement_plan_initiative_id_number")),
    )
    op.create_table(
        "other_change_reason",
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("reason_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"], ["other_change.id"], name=op.f("fk_other_change_reason_change_id_other_change")
        ),
        sa.ForeignKeyConstraint(["reason_id"], ["reason.id"], name=op.f("fk_other_change_reason_reason_id_reason")),
        sa.PrimaryKeyConstraint("change_id", "reason_id", name=op.f("pk_other_change_reason")),
    )
    op.create_table(
        "measurement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("measured_at", Moment(), nullable=False),
        sa.Column("measured_by", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("method_version", sa.String(length=12), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("avoided", sa.BigInteger(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=True),
        sa.Column("low_minor", sa.BigInteger(), nullable=True),
        sa.Column("high_minor", sa.BigInteger(), nullable=True),
        sa.Column("booked_minor", sa.BigInteger(), nullable=False),
        sa.Column("figures", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_measurement_initiative_id_initiative")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["measurement_plan.id"], name=op.f("fk_measurement_plan_id_measurement_plan")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measurement")),
        sa.UniqueConstraint("initiative_id", "month", "number", name=op.f("uq_measurement_initiative_id_month_number")),
    )


def downgrade() -> None:
    op.drop_table("measurement")
    op.drop_table("other_change_reason")
    op.drop_table("measurement_plan")
    op.drop_index(op.f("ix_initiative_cost_initiative_id"), table_name="initiative_cost")
    op.drop_table("initiative_cost")
    op.drop_table("other_change")
    op.drop_table("placebo")

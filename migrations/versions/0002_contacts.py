"""Reasons, contacts and the batches that bring them."""

import sqlalchemy as sa
from alembic import op

from app.db import Identifier, Json, Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reason",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reason")),
    )
    op.create_table(
        "saved_mapping",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "content",
            Json,
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_saved_mapping")),
    )
    op.create_table(
        "source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
        sa.UniqueConstraint("name", name=op.f("uq_source_name")),
    )
    op.create_table(
        "touched_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("marks", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_touched_day")),
    )
    op.create_table(
        "import_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("byte_count", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("format", sa.String(length=40), nullable=False),
        sa.Column(
            "decided",
            Json,
            nullable=False,
        ),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("read", sa.BigInteger(), nullable=False),
        sa.Column("new", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.Column("unchanged", sa.BigInteger(), nullable=False),
        sa.Column("rejected", sa.BigInteger(), nullable=False),
        sa.Column("ignored", sa.BigInteger(), nullable=False),
        sa.Column("untagged", sa.BigInteger(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.Column("header", Json, nullable=False),
        sa.Column("remarks", Json, nullable=False),
        sa.Column("preview", Json, nullable=True),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("moved_at", Moment(), nullable=False),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_import_batch_source_id_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
    )
    op.create_index("ix_import_batch_source_id_sha256", "import_batch", ["source_id", "sha256"], unique=False)
    op.create_index(op.f("ix_import_batch_state"), "import_batch", ["state"], unique=False)
    op.create_table(
        "raw_reason",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("value", sa.String(length=1000), nullable=False),
        sa.Column("reason_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["reason_id"], ["reason.id"], name=op.f("fk_raw_reason_reason_id_reason")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raw_reason")),
        sa.UniqueConstraint("source", "value", name=op.f("uq_raw_reason_source_value")),
    )
    op.create_index(op.f("ix_raw_reason_reason_id"), "raw_reason", ["reason_id"], unique=False)
    op.create_table(
        "reason_fact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reason_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("is_other", sa.Boolean(), nullable=False),
        sa.Column("is_retired", sa.Boolean(), nullable=False),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_reason_fact_department_id_department")
        ),
        sa.ForeignKeyConstraint(["merged_into_id"], ["reason.id"], name=op.f("fk_reason_fact_merged_into_id_reason")),
        sa.ForeignKeyConstraint(["parent_id"], ["reason.id"], name=op.f("fk_reason_fact_parent_id_reason")),
        sa.ForeignKeyConstraint(["reason_id"], ["reason.id"], name=op.f("fk_reason_fact_reason_id_reason")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reason_fact")),
    )
    op.create_index(op.f("ix_reason_fact_department_id"), "reason_fact", ["department_id"], unique=False)
    op.create_index(op.f("ix_reason_fact_merged_into_id"), "reason_fact", ["merged_into_id"], unique=False)
    op.create_index(op.f("ix_reason_fact_parent_id"), "reason_fact", ["parent_id"], unique=False)
    op.create_index("ix_reason_fact_reason_id_valid_from", "reason_fact", ["reason_id", "valid_from"], unique=False)
    op.create_table(
        "contact",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("occurred_at", Moment(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("direction", sa.String(length=8), nullable=False),
        sa.Column("is_abandoned", sa.Boolean(), nullable=False),
        sa.Column("reason_id", sa.Integer(), nullable=True),
        sa.Column("raw_reason_id", sa.Integer(), nullable=True),
        sa.Column("queue", sa.String(length=200), nullable=True),
        sa.Column("customer_key", sa.LargeBinary(), nullable=True),
        sa.Column("handle_seconds", sa.Integer(), nullable=True),
        sa.Column("is_duration_odd", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "attributes",
            Json,
            nullable=True,
        ),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "channel in ('phone', 'email', 'chat', 'web', 'letter', 'social', 'other')",
            name=op.f("ck_contact_known_channel"),
        ),
        sa.CheckConstraint("direction in ('inbound', 'outbound')", name=op.f("ck_contact_known_direction")),
        sa.ForeignKeyConstraint(["raw_reason_id"], ["raw_reason.id"], name=op.f("fk_contact_raw_reason_id_raw_reason")),
        sa.ForeignKeyConstraint(["reason_id"], ["reason.id"], name=op.f("fk_contact_reason_id_reason")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_contact_source_id_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    op.create_index("ix_contact_batch_id", "contact", ["batch_id"], unique=False)
    op.create_index(
        "ix_contact_customer_key_occurred_at",
        "contact",
        ["customer_key", "occurred_at"],
        unique=False,
        sqlite_where=sa.text("customer_key IS NOT NULL"),
        postgresql_where=sa.text("customer_key IS NOT NULL"),
    )
    op.create_index("ix_contact_day_occurred_at", "contact", ["day", "occurred_at"], unique=False)
    op.create_index(
        "ix_contact_untagged",
        "contact",
        ["reason_id", "occurred_at", "id"],
        unique=False,
        sqlite_where=sa.text("reason_id IS NULL AND direction = 'inbound' AND is_abandoned = 0"),
        postgresql_where=sa.text("reason_id IS NULL AND direction = 'inbound' AND NOT is_abandoned"),
    )
    op.create_index(
        "ix_contact_reason_id_day_occurred_at", "contact", ["reason_id", "day", "occurred_at"], unique=False
    )
    op.create_table(
        "import_reject",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("column", sa.String(length=200), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column(
            "row",
            Json,
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_import_reject_batch_id_import_batch")),
        sa.PrimaryKeyConstraint("batch_id", "line", name=op.f("pk_import_reject")),
    )
    op.create_table(
        "contact_change",
        sa.Column("contact_id", Identifier(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by_name", sa.String(length=120), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column(
            "before",
            Json,
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_contact_change_contact_id_contact")),
        sa.PrimaryKeyConstraint("contact_id", "number", name=op.f("pk_contact_change")),
    )
    op.create_index("ix_contact_change_batch_id", "contact_change", ["batch_id"], unique=False)
    op.create_table(
        "contact_reason",
        sa.Column("contact_id", Identifier(), nullable=False),
        sa.Column("reason_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_contact_reason_contact_id_contact")),
        sa.ForeignKeyConstraint(["reason_id"], ["reason.id"], name=op.f("fk_contact_reason_reason_id_reason")),
        sa.PrimaryKeyConstraint("contact_id", "reason_id", name=op.f("pk_contact_reason")),
    )
    op.create_table(
        "tag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("contact_id", Identifier(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_tag_by_id_person")),
        sa.ForeignKeyConstraint(["reason_id"], ["reason.id"], name=op.f("fk_tag_reason_id_reason")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
    )
    op.create_index("ix_tag_by_id_at", "tag", ["by_id", "at"], unique=False)
    op.create_index("ix_tag_at", "tag", ["at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_tag_at", table_name="tag")
    op.drop_index("ix_tag_by_id_at", table_name="tag")
    op.drop_table("tag")
    op.drop_table("contact_reason")
    op.drop_index("ix_contact_change_batch_id", table_name="contact_change")
    op.drop_table("contact_change")
    op.drop_table("import_reject")
    op.drop_index("ix_contact_reason_id_day_occurred_at", table_name="contact")
    op.drop_index(
        "ix_contact_untagged",
        table_name="contact",
        sqlite_where=sa.text("reason_id IS NULL AND direction = 'inbound' AND is_abandoned = 0"),
        postgresql_where=sa.text("reason_id IS NULL AND direction = 'inbound' AND NOT is_abandoned"),
    )
    op.drop_index("ix_contact_day_occurred_at", table_name="contact")
    op.drop_index(
        "ix_contact_customer_key_occurred_at",
        table_name="contact",
        sqlite_where=sa.text("customer_key IS NOT NULL"),
        postgresql_where=sa.text("customer_key IS NOT NULL"),
    )
    op.drop_index("ix_contact_batch_id", table_name="contact")
    op.drop_table("contact")
    op.drop_index("ix_reason_fact_reason_id_valid_from", table_name="reason_fact")
    op.drop_index(op.f("ix_reason_fact_parent_id"), table_name="reason_fact")
    op.drop_index(op.f("ix_reason_fact_merged_into_id"), table_name="reason_fact")
    op.drop_index(op.f("ix_reason_fact_department_id"), table_name="reason_fact")
    op.drop_table("reason_fact")
    op.drop_index(op.f("ix_raw_reason_reason_id"), table_name="raw_reason")
    op.drop_table("raw_reason")
    op.drop_index(op.f("ix_import_batch_state"), table_name="import_batch")
    op.drop_index("ix_import_batch_source_id_sha256", table_name="import_batch")
    op.drop_table("import_batch")
    op.drop_table("touched_day")
    op.drop_table("source")
    op.drop_table("saved_mapping")
    op.drop_table("reason")

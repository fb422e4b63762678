"""What a file's value meant before another day, and values that are no reason."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("raw_reason", sa.Column("is_no_reason", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "earlier_meaning",
        sa.Column("raw_id", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["raw_id"], ["raw_reason.id"], name=op.f("fk_earlier_meaning_raw_id_raw_reason")),
        sa.ForeignKeyConstraint(["reason_id"], ["reason.id"], name=op.f("fk_earlier_meaning_reason_id_reason")),
        sa.PrimaryKeyConstraint("raw_id", "until", name=op.f("pk_earlier_meaning")),
    )
    op.create_index(op.f("ix_earlier_meaning_reason_id"), "earlier_meaning", ["reason_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_earlier_meaning_reason_id"), table_name="earlier_meaning")
    op.drop_table("earlier_meaning")
    with op.batch_alter_table("raw_reason") as table:
        table.drop_column("is_no_reason")

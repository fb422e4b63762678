"""Mails and the contacts of their threads."""

import sqlalchemy as sa
from alembic import op

from app.db import Identifier

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mail_trace",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("contact_id", Identifier(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_trace")),
    )
    op.create_index(op.f("ix_mail_trace_batch_id"), "mail_trace", ["batch_id"], unique=False)


def downgrade() -> None:
    op.drop_table("mail_trace")

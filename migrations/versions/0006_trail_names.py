"""Indexes that show which actions and programs the trail knows without reading it whole."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_audit_entry_action", "audit_entry", ["action", "number"], unique=False)
    op.create_index("ix_audit_entry_by_name", "audit_entry", ["by_name", "by_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_audit_entry_by_name", table_name="audit_entry")
    op.drop_index("ix_audit_entry_action", table_name="audit_entry")

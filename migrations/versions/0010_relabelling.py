"""A relabelling that moved no contacts stands in the register of other changes."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KNOWN_KIND = "ck_other_change_known_kind"


def upgrade() -> None:
    with op.batch_alter_table("other_change") as table:
        table.drop_constraint(op.f(KNOWN_KIND), type_="check")
        table.create_check_constraint(
            op.f(KNOWN_KIND), "kind in ('outage', 'campaign', 'price', 'closure', 'relabelling', 'other')"
        )


def downgrade() -> None:
    # No other kind leaves its days in, so what the older version cannot say has to count for nothing there.
    op.execute("update other_change set kind = 'other', state = 'rejected' where kind = 'relabelling'")
    with op.batch_alter_table("other_change") as table:
        table.drop_constraint(op.f(KNOWN_KIND), type_="check")
        table.create_check_constraint(op.f(KNOWN_KIND), "kind in ('outage', 'campaign', 'price', 'closure', 'other')")

"""Who settled a consensus.

Revision: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("coders") as table:
        table.add_column(sa.Column("settled_by", sa.String(), nullable=True))
        table.create_check_constraint(table.f("ck_coders_settled_by_filled"), "settled_by <> ''")
        table.create_foreign_key(
            table.f("fk_coders_settled_by"), "coders", ["settled_by"], ["coder"]
        )


def downgrade() -> None:
    with op.batch_alter_table("coders") as table:
        table.drop_constraint(table.f("fk_coders_settled_by"), type_="foreignkey")
        table.drop_constraint(table.f("ck_coders_settled_by_filled"), type_="check")
        table.drop_column("settled_by")

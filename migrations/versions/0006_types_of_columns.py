"""What each column holds, for formats that say so.

Revision: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("field_descriptions") as table:
        table.add_column(sa.Column("type", sa.String(), nullable=False, server_default="string"))
        table.create_check_constraint(
            table.f("ck_field_descriptions_type_known"),
            "type in ('string', 'integer', 'number', 'boolean')",
        )
    with op.batch_alter_table("field_descriptions") as table:
        table.alter_column("type", existing_type=sa.String(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("field_descriptions") as table:
        table.drop_constraint(table.f("ck_field_descriptions_type_known"), type_="check")
        table.drop_column("type")

"""Screening by two: what became of the records that a search found.

Revision: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_COUNTS = ("taken", "known", "repeated", "refused")


def upgrade() -> None:
    with op.batch_alter_table("searches") as table:
        table.add_column(
            sa.Column("kind", sa.String(), nullable=False, server_default="systematic")
        )
        table.create_check_constraint(table.f("ck_searches_kind_filled"), "kind <> ''")
        table.create_check_constraint(
            table.f("ck_searches_kind_known"), "kind in ('systematic', 'informal')"
        )
        for name in _COUNTS:
            table.add_column(sa.Column(name, sa.Integer(), nullable=True))
            table.create_check_constraint(table.f(f"ck_searches_{name}_in_range"), f"{name} >= 0")
    with op.batch_alter_table("searches") as table:
        table.alter_column("kind", existing_type=sa.String(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("searches") as table:
        for name in reversed(_COUNTS):
            table.drop_constraint(table.f(f"ck_searches_{name}_in_range"), type_="check")
            table.drop_column(name)
        table.drop_constraint(table.f("ck_searches_kind_known"), type_="check")
        table.drop_constraint(table.f("ck_searches_kind_filled"), type_="check")
        table.drop_column("kind")

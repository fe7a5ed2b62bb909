"""Citekeys that works had.

Revision: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_COLUMNS = ("old_citekey", "citekey", "renamed_on", "reason")


def upgrade() -> None:
    op.create_table(
        "renamed_studies",
        *(sa.Column(name, sa.String(), nullable=False) for name in _COLUMNS),
        *(
            sa.CheckConstraint(f"{name} <> ''", name=op.f(f"ck_renamed_studies_{name}_filled"))
            for name in _COLUMNS
        ),
        sa.ForeignKeyConstraint(
            ["citekey"], ["studies.citekey"], name=op.f("fk_renamed_studies_citekey")
        ),
        sa.PrimaryKeyConstraint("old_citekey", name=op.f("pk_renamed_studies")),
    )
    with op.batch_alter_table("renamed_studies") as table:
        table.create_index(table.f("ix_renamed_studies_citekey"), ["citekey"])


def downgrade() -> None:
    op.drop_table("renamed_studies")

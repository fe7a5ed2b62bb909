"""Which names in the entries are those of one person.

Revision: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_COLUMNS = ("name", "person", "same", "reason")


def upgrade() -> None:
    op.create_table(
        "people",
        *(sa.Column(name, sa.String(), nullable=False) for name in _COLUMNS),
        *(
            sa.CheckConstraint(f"{name} <> ''", name=op.f(f"ck_people_{name}_filled"))
            for name in _COLUMNS
        ),
        sa.CheckConstraint("same in ('yes', 'no', 'unsure')", name=op.f("ck_people_same_known")),
        sa.PrimaryKeyConstraint("name", "person", name=op.f("pk_people")),
    )
    with op.batch_alter_table("people") as table:
        table.create_index(table.f("ix_people_person"), ["person"])


def downgrade() -> None:
    op.drop_table("people")

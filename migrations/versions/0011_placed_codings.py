"""The codings on the map, kept in the order in which filters count them.

Revision: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_KEY = ("layer", "citekey", "misuse_vector", "coder")
_OF_CODING = ("citekey", "misuse_vector", "coder")


def upgrade() -> None:
    op.create_table(
        "placed_codings",
        *(sa.Column(name, sa.String(), nullable=False) for name in _KEY),
        sa.Column("authority", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "layer in ('counted', 'with_provisional')", name=op.f("ck_placed_codings_layer_known")
        ),
        sa.CheckConstraint(
            "authority between 1 and 3", name=op.f("ck_placed_codings_authority_known")
        ),
        sa.ForeignKeyConstraint(
            list(_OF_CODING),
            [f"codings.{name}" for name in _OF_CODING],
            name=op.f("fk_placed_codings_citekey_misuse_vector_coder"),
        ),
        sa.PrimaryKeyConstraint(*_KEY, name=op.f("pk_placed_codings")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("comparisons") as table:
        table.drop_index(table.f("ix_comparisons_citekey"))
        table.create_index(table.f("ix_comparisons_citekey_misuse_vector_coder"), list(_OF_CODING))


def downgrade() -> None:
    with op.batch_alter_table("comparisons") as table:
        table.drop_index(table.f("ix_comparisons_citekey_misuse_vector_coder"))
        table.create_index(table.f("ix_comparisons_citekey"), ["citekey"])
    op.drop_table("placed_codings")

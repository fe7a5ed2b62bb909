"""The judgements on the map, kept in the order in which filters count them.

Revision: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _texts(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def _create_agreed_levels(key: tuple[str, ...], is_ranked: bool) -> None:
    """Create the table anew: its rows are written by each build."""
    checks = {
        "basis": "basis in ('consensus', 'agreement', 'single_coder', 'contested')",
        "layer": "layer in ('counted', 'with_provisional')",
    }
    keys = {
        "citekey": "studies.citekey",
        "highest_level": "levels.slug",
        "level": "levels.slug",
        "misuse_vector": "vectors.slug",
        "step": "steps.slug",
    }
    op.create_table(
        "agreed_levels",
        *_texts(*key, "level", "highest_level"),
        *_numbers(*(("rank", "highest_rank") if is_ranked else ())),
        *_texts("basis"),
        *_numbers("coders", "has_low_confidence", "is_provisional"),
        *_numbers(*(("year",) if is_ranked else ())),
        *(
            sa.CheckConstraint(check, name=op.f(f"ck_agreed_levels_{name}_known"))
            for name, check in checks.items()
        ),
        *(
            sa.ForeignKeyConstraint([name], [of], name=op.f(f"fk_agreed_levels_{name}"))
            for name, of in keys.items()
        ),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_agreed_levels")),
        sqlite_with_rowid=not is_ranked,
    )


def upgrade() -> None:
    op.create_table(
        "placed_judgements",
        *_texts("layer", "misuse_vector", "step", "citekey", "coder"),
        *_numbers("rank"),
        *_texts("confidence"),
        *_numbers("authority", "year"),
        sa.CheckConstraint(
            "layer in ('counted', 'with_provisional')",
            name=op.f("ck_placed_judgements_layer_known"),
        ),
        sa.CheckConstraint(
            "authority between 1 and 3", name=op.f("ck_placed_judgements_authority_known")
        ),
        sa.ForeignKeyConstraint(
            ["citekey", "misuse_vector", "coder", "step"],
            [
                "judgements.citekey",
                "judgements.misuse_vector",
                "judgements.coder",
                "judgements.step",
            ],
            name=op.f("fk_placed_judgements_citekey_misuse_vector_coder_step"),
        ),
        sa.PrimaryKeyConstraint(
            *("layer", "misuse_vector", "step", "citekey", "coder"),
            name=op.f("pk_placed_judgements"),
        ),
        sqlite_with_rowid=False,
    )
    op.drop_table("agreed_levels")
    _create_agreed_levels(("layer", "misuse_vector", "step", "citekey"), is_ranked=True)
    with op.batch_alter_table("agreed_levels") as table:
        table.create_index(
            table.f("ix_agreed_levels_citekey_misuse_vector"), ["citekey", "misuse_vector"]
        )


def downgrade() -> None:
    op.drop_table("agreed_levels")
    _create_agreed_levels(("layer", "citekey", "misuse_vector", "step"), is_ranked=False)
    with op.batch_alter_table("agreed_levels") as table:
        table.create_index(
            table.f("ix_agreed_levels_layer_misuse_vector_step"),
            ["layer", "misuse_vector", "step"],
        )
    op.drop_table("placed_judgements")

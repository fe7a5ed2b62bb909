"""Screening by two: decisions of screeners, criteria, and what became of a search's records.

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
_OF_SCREENING = ("possible_duplicate_of", "screening_stage", "waiting_for")
_FIGURES = ("kappa", "kappa_low", "kappa_high", "alpha", "alpha_low", "alpha_high")
_STAGES = "in ('title', 'full_text')"


def upgrade() -> None:
    op.create_table(
        "screener_decisions",
        sa.Column("citekey", sa.String(), nullable=False),
        sa.Column("misuse_vector", sa.String(), nullable=True),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("screener", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("other_study", sa.String(), nullable=True),
        sa.Column("decided_on", sa.String(), nullable=False),
        sa.Column("settles", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        *(
            sa.CheckConstraint(f"{name} <> ''", name=op.f(f"ck_screener_decisions_{name}_filled"))
            for name in (
                *("citekey", "misuse_vector", "stage", "screener", "decision", "reason"),
                *("other_study", "decided_on", "note"),
            )
        ),
        sa.CheckConstraint(f"stage {_STAGES}", name=op.f("ck_screener_decisions_stage_known")),
        sa.CheckConstraint(
            "decision in ('include', 'exclude', 'unsure')",
            name=op.f("ck_screener_decisions_decision_known"),
        ),
        sa.CheckConstraint(
            "(decision = 'exclude') = (reason is not null)",
            name=op.f("ck_screener_decisions_exclusion_has_a_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["citekey"], ["studies.citekey"], name=op.f("fk_screener_decisions_citekey")
        ),
        sa.ForeignKeyConstraint(
            ["misuse_vector"], ["vectors.slug"], name=op.f("fk_screener_decisions_misuse_vector")
        ),
        sa.ForeignKeyConstraint(
            ["other_study"], ["studies.citekey"], name=op.f("fk_screener_decisions_other_study")
        ),
        sa.ForeignKeyConstraint(
            ["reason"], ["exclusion_reasons.slug"], name=op.f("fk_screener_decisions_reason")
        ),
        sa.ForeignKeyConstraint(
            ["screener"], ["coders.coder"], name=op.f("fk_screener_decisions_screener")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screener_decisions")),
        sa.UniqueConstraint(
            *("citekey", "misuse_vector", "stage", "screener"),
            name=op.f("uq_screener_decisions_citekey_misuse_vector_stage_screener"),
        ),
    )
    op.create_table(
        "screening_agreement",
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("screeners", sa.Integer(), nullable=False),
        sa.Column("studies", sa.Integer(), nullable=False),
        sa.Column("pairs", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Float(), nullable=True) for name in ("agreement", *_FIGURES)),
        sa.Column("conclusion", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"stage {_STAGES}", name=op.f("ck_screening_agreement_stage_known")),
        *(
            sa.CheckConstraint(f"{name} <> ''", name=op.f(f"ck_screening_agreement_{name}_filled"))
            for name in ("stage", "conclusion")
        ),
        *(
            sa.CheckConstraint(f"{name} >= 0", name=op.f(f"ck_screening_agreement_{name}_in_range"))
            for name in ("screeners", "studies", "pairs")
        ),
        sa.CheckConstraint(
            "agreement >= 0 and agreement <= 1",
            name=op.f("ck_screening_agreement_agreement_in_range"),
        ),
        *(
            sa.CheckConstraint(
                f"{name} >= -1 and {name} <= 1",
                name=op.f(f"ck_screening_agreement_{name}_in_range"),
            )
            for name in _FIGURES
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_agreement")),
    )
    with op.batch_alter_table("screening") as table:
        for name in _OF_SCREENING:
            table.add_column(sa.Column(name, sa.String(), nullable=True))
            table.create_check_constraint(table.f(f"ck_screening_{name}_filled"), f"{name} <> ''")
        table.create_check_constraint(
            table.f("ck_screening_screening_stage_known"), f"screening_stage {_STAGES}"
        )
        table.create_check_constraint(
            table.f("ck_screening_waiting_for_known"),
            "waiting_for in ('first', 'second', 'settling', 'vector')",
        )
        table.create_foreign_key(
            table.f("fk_screening_possible_duplicate_of"),
            *("studies", ["possible_duplicate_of"], ["citekey"]),
        )
    with op.batch_alter_table("exclusion_reasons") as table:
        table.add_column(sa.Column("criterion", sa.String(), nullable=True))
        table.add_column(sa.Column("stage", sa.String(), nullable=False, server_default="title"))
        table.create_check_constraint(
            table.f("ck_exclusion_reasons_criterion_filled"), "criterion <> ''"
        )
        table.create_check_constraint(table.f("ck_exclusion_reasons_stage_filled"), "stage <> ''")
        table.create_check_constraint(
            table.f("ck_exclusion_reasons_stage_known"), f"stage {_STAGES}"
        )
    with op.batch_alter_table("exclusion_reasons") as table:
        table.alter_column("stage", existing_type=sa.String(), server_default=None)
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
    with op.batch_alter_table("exclusion_reasons") as table:
        table.drop_constraint(table.f("ck_exclusion_reasons_stage_known"), type_="check")
        table.drop_constraint(table.f("ck_exclusion_reasons_stage_filled"), type_="check")
        table.drop_constraint(table.f("ck_exclusion_reasons_criterion_filled"), type_="check")
        table.drop_column("stage")
        table.drop_column("criterion")
    with op.batch_alter_table("screening") as table:
        table.drop_constraint(table.f("fk_screening_possible_duplicate_of"), type_="foreignkey")
        table.drop_constraint(table.f("ck_screening_waiting_for_known"), type_="check")
        table.drop_constraint(table.f("ck_screening_screening_stage_known"), type_="check")
        for name in reversed(_OF_SCREENING):
            table.drop_constraint(table.f(f"ck_screening_{name}_filled"), type_="check")
            table.drop_column(name)
    op.drop_table("screening_agreement")
    op.drop_table("screener_decisions")

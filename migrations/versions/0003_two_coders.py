"""Two coders: who settled a consensus, and how far coders agree.

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
    op.create_table(
        "agreement",
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=True),
        sa.Column("misuse_vector", sa.String(), nullable=True),
        sa.Column("coder", sa.String(), nullable=True),
        sa.Column("other_coder", sa.String(), nullable=True),
        sa.Column("coders", sa.Integer(), nullable=False),
        sa.Column("codings", sa.Integer(), nullable=False),
        sa.Column("judgements", sa.Integer(), nullable=False),
        sa.Column("pairs", sa.Integer(), nullable=False),
        sa.Column("agreement", sa.Float(), nullable=True),
        sa.Column("kappa", sa.Float(), nullable=True),
        sa.Column("kappa_low", sa.Float(), nullable=True),
        sa.Column("kappa_high", sa.Float(), nullable=True),
        sa.Column("alpha", sa.Float(), nullable=True),
        sa.Column("alpha_low", sa.Float(), nullable=True),
        sa.Column("alpha_high", sa.Float(), nullable=True),
        sa.Column("conclusion", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("coder <> ''", name=op.f("ck_agreement_coder_filled")),
        sa.CheckConstraint("conclusion <> ''", name=op.f("ck_agreement_conclusion_filled")),
        sa.CheckConstraint("misuse_vector <> ''", name=op.f("ck_agreement_misuse_vector_filled")),
        sa.CheckConstraint("other_coder <> ''", name=op.f("ck_agreement_other_coder_filled")),
        sa.CheckConstraint("scope <> ''", name=op.f("ck_agreement_scope_filled")),
        sa.CheckConstraint(
            "scope in ('all', 'step', 'vector', 'coder')", name=op.f("ck_agreement_scope_known")
        ),
        sa.CheckConstraint("step <> ''", name=op.f("ck_agreement_step_filled")),
        sa.CheckConstraint(
            "agreement >= 0 and agreement <= 1", name=op.f("ck_agreement_agreement_in_range")
        ),
        sa.CheckConstraint("alpha >= -1 and alpha <= 1", name=op.f("ck_agreement_alpha_in_range")),
        sa.CheckConstraint(
            "alpha_high >= -1 and alpha_high <= 1", name=op.f("ck_agreement_alpha_high_in_range")
        ),
        sa.CheckConstraint(
            "alpha_low >= -1 and alpha_low <= 1", name=op.f("ck_agreement_alpha_low_in_range")
        ),
        sa.CheckConstraint("coders >= 0", name=op.f("ck_agreement_coders_in_range")),
        sa.CheckConstraint("codings >= 0", name=op.f("ck_agreement_codings_in_range")),
        sa.CheckConstraint("judgements >= 0", name=op.f("ck_agreement_judgements_in_range")),
        sa.CheckConstraint("kappa >= -1 and kappa <= 1", name=op.f("ck_agreement_kappa_in_range")),
        sa.CheckConstraint(
            "kappa_high >= -1 and kappa_high <= 1", name=op.f("ck_agreement_kappa_high_in_range")
        ),
        sa.CheckConstraint(
            "kappa_low >= -1 and kappa_low <= 1", name=op.f("ck_agreement_kappa_low_in_range")
        ),
        sa.CheckConstraint("pairs >= 0", name=op.f("ck_agreement_pairs_in_range")),
        sa.ForeignKeyConstraint(["coder"], ["coders.coder"], name=op.f("fk_agreement_coder")),
        sa.ForeignKeyConstraint(
            ["misuse_vector"], ["vectors.slug"], name=op.f("fk_agreement_misuse_vector")
        ),
        sa.ForeignKeyConstraint(
            ["other_coder"], ["coders.coder"], name=op.f("fk_agreement_other_coder")
        ),
        sa.ForeignKeyConstraint(["step"], ["steps.slug"], name=op.f("fk_agreement_step")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
    )


def downgrade() -> None:
    op.drop_table("agreement")
    with op.batch_alter_table("coders") as table:
        table.drop_constraint(table.f("fk_coders_settled_by"), type_="foreignkey")
        table.drop_constraint(table.f("ck_coders_settled_by_filled"), type_="check")
        table.drop_column("settled_by")

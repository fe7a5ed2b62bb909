"""Screening: what was found, what was decided, where was searched, and versions of one work.

Revision: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "decisions",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("definition", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("definition <> ''", name=op.f("ck_decisions_definition_filled")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_decisions_name_filled")),
        sa.CheckConstraint("slug <> ''", name=op.f("ck_decisions_slug_filled")),
        sa.CheckConstraint("position >= 1", name=op.f("ck_decisions_position_in_range")),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_decisions")),
        sa.UniqueConstraint("position", name=op.f("uq_decisions_position")),
    )
    op.create_table(
        "exclusion_reasons",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("definition", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("names_study", sa.Boolean(), nullable=False),
        sa.CheckConstraint("definition <> ''", name=op.f("ck_exclusion_reasons_definition_filled")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_exclusion_reasons_name_filled")),
        sa.CheckConstraint("slug <> ''", name=op.f("ck_exclusion_reasons_slug_filled")),
        sa.CheckConstraint("position >= 1", name=op.f("ck_exclusion_reasons_position_in_range")),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_exclusion_reasons")),
        sa.UniqueConstraint("position", name=op.f("uq_exclusion_reasons_position")),
    )
    op.create_table(
        "searches",
        sa.Column("searched_on", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.Column("searched_by", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("note <> ''", name=op.f("ck_searches_note_filled")),
        sa.CheckConstraint("query <> ''", name=op.f("ck_searches_query_filled")),
        sa.CheckConstraint("searched_by <> ''", name=op.f("ck_searches_searched_by_filled")),
        sa.CheckConstraint("searched_on <> ''", name=op.f("ck_searches_searched_on_filled")),
        sa.CheckConstraint("source <> ''", name=op.f("ck_searches_source_filled")),
        sa.CheckConstraint("hits >= 0", name=op.f("ck_searches_hits_in_range")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_searches")),
    )
    op.create_table(
        "study_types",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("definition", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("definition <> ''", name=op.f("ck_study_types_definition_filled")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_study_types_name_filled")),
        sa.CheckConstraint("slug <> ''", name=op.f("ck_study_types_slug_filled")),
        sa.CheckConstraint("position >= 1", name=op.f("ck_study_types_position_in_range")),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_study_types")),
        sa.UniqueConstraint("position", name=op.f("uq_study_types_position")),
    )
    op.create_table(
        "screening",
        sa.Column("citekey", sa.String(), nullable=False),
        sa.Column("misuse_vector", sa.String(), nullable=True),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("other_study", sa.String(), nullable=True),
        sa.Column("study_type", sa.String(), nullable=True),
        sa.Column("found_via", sa.String(), nullable=False),
        sa.Column("decided_on", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("citekey <> ''", name=op.f("ck_screening_citekey_filled")),
        sa.CheckConstraint("decided_on <> ''", name=op.f("ck_screening_decided_on_filled")),
        sa.CheckConstraint("decision <> ''", name=op.f("ck_screening_decision_filled")),
        sa.CheckConstraint("found_via <> ''", name=op.f("ck_screening_found_via_filled")),
        sa.CheckConstraint("misuse_vector <> ''", name=op.f("ck_screening_misuse_vector_filled")),
        sa.CheckConstraint(
            "misuse_vector is not null or decision in ('candidate', 'excluded')",
            name=op.f("ck_screening_decided_for_a_vector"),
        ),
        sa.CheckConstraint("note <> ''", name=op.f("ck_screening_note_filled")),
        sa.CheckConstraint("other_study <> ''", name=op.f("ck_screening_other_study_filled")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_screening_reason_filled")),
        sa.CheckConstraint("study_type <> ''", name=op.f("ck_screening_study_type_filled")),
        sa.ForeignKeyConstraint(
            ["citekey"], ["studies.citekey"], name=op.f("fk_screening_citekey")
        ),
        sa.ForeignKeyConstraint(
            ["decision"], ["decisions.slug"], name=op.f("fk_screening_decision")
        ),
        sa.ForeignKeyConstraint(
            ["misuse_vector"], ["vectors.slug"], name=op.f("fk_screening_misuse_vector")
        ),
        sa.ForeignKeyConstraint(
            ["other_study"], ["studies.citekey"], name=op.f("fk_screening_other_study")
        ),
        sa.ForeignKeyConstraint(
            ["reason"], ["exclusion_reasons.slug"], name=op.f("fk_screening_reason")
        ),
        sa.ForeignKeyConstraint(
            ["study_type"], ["study_types.slug"], name=op.f("fk_screening_study_type")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening")),
        sa.UniqueConstraint(
            "citekey", "misuse_vector", name=op.f("uq_screening_citekey_misuse_vector")
        ),
    )
    with op.batch_alter_table("screening") as table:
        table.create_index(table.f("ix_screening_misuse_vector"), ["misuse_vector"])

    with op.batch_alter_table("build") as table:
        # A database that is there has its row already; the next build writes a new one.
        table.add_column(
            sa.Column("found_studies", sa.Integer(), nullable=False, server_default="0")
        )
    with op.batch_alter_table("build") as table:
        table.alter_column("found_studies", server_default=None)

    with op.batch_alter_table("studies") as table:
        table.add_column(sa.Column("version_of", sa.String(), nullable=True))
        table.create_index(table.f("ix_studies_version_of"), ["version_of"])
        table.create_check_constraint(table.f("ck_studies_version_of_filled"), "version_of <> ''")
        table.create_foreign_key(
            table.f("fk_studies_version_of"), "studies", ["version_of"], ["citekey"]
        )


def downgrade() -> None:
    with op.batch_alter_table("studies") as table:
        table.drop_constraint(table.f("fk_studies_version_of"), type_="foreignkey")
        table.drop_constraint(table.f("ck_studies_version_of_filled"), type_="check")
        table.drop_index(table.f("ix_studies_version_of"))
        table.drop_column("version_of")

    with op.batch_alter_table("build") as table:
        table.drop_column("found_studies")

    with op.batch_alter_table("screening") as table:
        table.drop_index(table.f("ix_screening_misuse_vector"))

    op.drop_table("screening")
    op.drop_table("study_types")
    op.drop_table("searches")
    op.drop_table("exclusion_reasons")
    op.drop_table("decisions")

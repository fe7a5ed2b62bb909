"""Comparisons, versions of the codebook, and what machines coded beside what counts.

Revision: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "codebook_versions",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("changed_on", sa.String(), nullable=True),
        sa.Column("change", sa.String(), nullable=True),
        sa.CheckConstraint("change <> ''", name=op.f("ck_codebook_versions_change_filled")),
        sa.CheckConstraint("changed_on <> ''", name=op.f("ck_codebook_versions_changed_on_filled")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_codebook_versions_version_in_range")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_codebook_versions")),
    )
    op.create_table(
        "comparators",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("definition", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("definition <> ''", name=op.f("ck_comparators_definition_filled")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_comparators_name_filled")),
        sa.CheckConstraint("slug <> ''", name=op.f("ck_comparators_slug_filled")),
        sa.CheckConstraint("position >= 1", name=op.f("ck_comparators_position_in_range")),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_comparators")),
        sa.UniqueConstraint("position", name=op.f("uq_comparators_position")),
    )
    op.create_table(
        "examined_models",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("definition", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("definition <> ''", name=op.f("ck_examined_models_definition_filled")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_examined_models_name_filled")),
        sa.CheckConstraint("slug <> ''", name=op.f("ck_examined_models_slug_filled")),
        sa.CheckConstraint("position >= 1", name=op.f("ck_examined_models_position_in_range")),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_examined_models")),
        sa.UniqueConstraint("position", name=op.f("uq_examined_models_position")),
    )
    op.create_table(
        "findings",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("definition", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("definition <> ''", name=op.f("ck_findings_definition_filled")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_findings_name_filled")),
        sa.CheckConstraint("slug <> ''", name=op.f("ck_findings_slug_filled")),
        sa.CheckConstraint("position >= 1", name=op.f("ck_findings_position_in_range")),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_findings")),
        sa.UniqueConstraint("position", name=op.f("uq_findings_position")),
    )
    op.create_table(
        "properties",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("definition", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("definition <> ''", name=op.f("ck_properties_definition_filled")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_properties_name_filled")),
        sa.CheckConstraint("slug <> ''", name=op.f("ck_properties_slug_filled")),
        sa.CheckConstraint("position >= 1", name=op.f("ck_properties_position_in_range")),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_properties")),
        sa.UniqueConstraint("position", name=op.f("uq_properties_position")),
    )
    op.create_table(
        "readings",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("definition", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("definition <> ''", name=op.f("ck_readings_definition_filled")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_readings_name_filled")),
        sa.CheckConstraint("slug <> ''", name=op.f("ck_readings_slug_filled")),
        sa.CheckConstraint("position >= 1", name=op.f("ck_readings_position_in_range")),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_readings")),
        sa.UniqueConstraint("position", name=op.f("uq_readings_position")),
    )
    op.create_table(
        "agreed_levels",
        sa.Column("layer", sa.String(), nullable=False),
        sa.Column("citekey", sa.String(), nullable=False),
        sa.Column("misuse_vector", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("highest_level", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("coders", sa.Integer(), nullable=False),
        sa.Column("has_low_confidence", sa.Integer(), nullable=False),
        sa.Column("is_provisional", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "basis in ('consensus', 'agreement', 'single_coder', 'contested')",
            name=op.f("ck_agreed_levels_basis_known"),
        ),
        sa.CheckConstraint(
            "layer in ('counted', 'with_provisional')", name=op.f("ck_agreed_levels_layer_known")
        ),
        sa.ForeignKeyConstraint(
            ["citekey"], ["studies.citekey"], name=op.f("fk_agreed_levels_citekey")
        ),
        sa.ForeignKeyConstraint(
            ["highest_level"], ["levels.slug"], name=op.f("fk_agreed_levels_highest_level")
        ),
        sa.ForeignKeyConstraint(["level"], ["levels.slug"], name=op.f("fk_agreed_levels_level")),
        sa.ForeignKeyConstraint(
            ["misuse_vector"], ["vectors.slug"], name=op.f("fk_agreed_levels_misuse_vector")
        ),
        sa.ForeignKeyConstraint(["step"], ["steps.slug"], name=op.f("fk_agreed_levels_step")),
        sa.PrimaryKeyConstraint(
            "layer", "citekey", "misuse_vector", "step", name=op.f("pk_agreed_levels")
        ),
    )
    with op.batch_alter_table("agreed_levels") as table:
        table.create_index(
            table.f("ix_agreed_levels_layer_misuse_vector_step"),
            ["layer", "misuse_vector", "step"],
        )

    op.create_table(
        "borderline_cases",
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("citekey", sa.String(), nullable=False),
        sa.Column("misuse_vector", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("citekey <> ''", name=op.f("ck_borderline_cases_citekey_filled")),
        sa.CheckConstraint("level <> ''", name=op.f("ck_borderline_cases_level_filled")),
        sa.CheckConstraint(
            "misuse_vector <> ''", name=op.f("ck_borderline_cases_misuse_vector_filled")
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_borderline_cases_reason_filled")),
        sa.CheckConstraint("step <> ''", name=op.f("ck_borderline_cases_step_filled")),
        sa.CheckConstraint("position >= 1", name=op.f("ck_borderline_cases_position_in_range")),
        sa.ForeignKeyConstraint(
            ["citekey"], ["studies.citekey"], name=op.f("fk_borderline_cases_citekey")
        ),
        sa.ForeignKeyConstraint(["level"], ["levels.slug"], name=op.f("fk_borderline_cases_level")),
        sa.ForeignKeyConstraint(
            ["misuse_vector"], ["vectors.slug"], name=op.f("fk_borderline_cases_misuse_vector")
        ),
        sa.ForeignKeyConstraint(["step"], ["steps.slug"], name=op.f("fk_borderline_cases_step")),
        sa.PrimaryKeyConstraint("step", "position", name=op.f("pk_borderline_cases")),
    )
    op.create_table(
        "earlier_rules",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.CheckConstraint("level <> ''", name=op.f("ck_earlier_rules_level_filled")),
        sa.CheckConstraint("question <> ''", name=op.f("ck_earlier_rules_question_filled")),
        sa.CheckConstraint("rule <> ''", name=op.f("ck_earlier_rules_rule_filled")),
        sa.CheckConstraint("step <> ''", name=op.f("ck_earlier_rules_step_filled")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_earlier_rules_version_in_range")),
        sa.ForeignKeyConstraint(["level"], ["levels.slug"], name=op.f("fk_earlier_rules_level")),
        sa.ForeignKeyConstraint(["step"], ["steps.slug"], name=op.f("fk_earlier_rules_step")),
        sa.ForeignKeyConstraint(
            ["version"], ["codebook_versions.version"], name=op.f("fk_earlier_rules_version")
        ),
        sa.PrimaryKeyConstraint("version", "step", "level", name=op.f("pk_earlier_rules")),
    )
    op.create_table(
        "coding_starts",
        sa.Column("citekey", sa.String(), nullable=False),
        sa.Column("misuse_vector", sa.String(), nullable=False),
        sa.Column("coder", sa.String(), nullable=False),
        sa.Column("started_from", sa.String(), nullable=False),
        sa.CheckConstraint("coder <> started_from", name=op.f("ck_coding_starts_of_another")),
        sa.ForeignKeyConstraint(
            ["citekey", "misuse_vector", "coder"],
            ["codings.citekey", "codings.misuse_vector", "codings.coder"],
            name=op.f("fk_coding_starts_citekey_misuse_vector_coder"),
        ),
        sa.ForeignKeyConstraint(
            ["citekey", "misuse_vector", "started_from"],
            ["codings.citekey", "codings.misuse_vector", "codings.coder"],
            name=op.f("fk_coding_starts_citekey_misuse_vector_started_from"),
        ),
        sa.ForeignKeyConstraint(
            ["citekey"], ["studies.citekey"], name=op.f("fk_coding_starts_citekey")
        ),
        sa.ForeignKeyConstraint(["coder"], ["coders.coder"], name=op.f("fk_coding_starts_coder")),
        sa.ForeignKeyConstraint(
            ["misuse_vector"], ["vectors.slug"], name=op.f("fk_coding_starts_misuse_vector")
        ),
        sa.ForeignKeyConstraint(
            ["started_from"], ["coders.coder"], name=op.f("fk_coding_starts_started_from")
        ),
        sa.PrimaryKeyConstraint(
            "citekey", "misuse_vector", "coder", "started_from", name=op.f("pk_coding_starts")
        ),
    )
    op.create_table(
        "comparisons",
        sa.Column("citekey", sa.String(), nullable=False),
        sa.Column("misuse_vector", sa.String(), nullable=False),
        sa.Column("coder", sa.String(), nullable=False),
        sa.Column("examined", sa.String(), nullable=False),
        sa.Column("comparator", sa.String(), nullable=False),
        sa.Column("finding", sa.String(), nullable=False),
        sa.Column("property", sa.String(), nullable=True),
        sa.Column("locator", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("citekey <> ''", name=op.f("ck_comparisons_citekey_filled")),
        sa.CheckConstraint("coder <> ''", name=op.f("ck_comparisons_coder_filled")),
        sa.CheckConstraint("comparator <> ''", name=op.f("ck_comparisons_comparator_filled")),
        sa.CheckConstraint(
            "comparator <> 'none' or finding = 'not_measured'",
            name=op.f("ck_comparisons_nothing_is_not_measured"),
        ),
        sa.CheckConstraint("examined <> ''", name=op.f("ck_comparisons_examined_filled")),
        sa.CheckConstraint("finding <> ''", name=op.f("ck_comparisons_finding_filled")),
        sa.CheckConstraint("locator <> ''", name=op.f("ck_comparisons_locator_filled")),
        sa.CheckConstraint("misuse_vector <> ''", name=op.f("ck_comparisons_misuse_vector_filled")),
        sa.CheckConstraint("note <> ''", name=op.f("ck_comparisons_note_filled")),
        sa.CheckConstraint("property <> ''", name=op.f("ck_comparisons_property_filled")),
        sa.ForeignKeyConstraint(
            ["citekey", "misuse_vector", "coder"],
            ["codings.citekey", "codings.misuse_vector", "codings.coder"],
            name=op.f("fk_comparisons_citekey_misuse_vector_coder"),
        ),
        sa.ForeignKeyConstraint(
            ["citekey"], ["studies.citekey"], name=op.f("fk_comparisons_citekey")
        ),
        sa.ForeignKeyConstraint(["coder"], ["coders.coder"], name=op.f("fk_comparisons_coder")),
        sa.ForeignKeyConstraint(
            ["comparator"], ["comparators.slug"], name=op.f("fk_comparisons_comparator")
        ),
        sa.ForeignKeyConstraint(
            ["examined"], ["examined_models.slug"], name=op.f("fk_comparisons_examined")
        ),
        sa.ForeignKeyConstraint(
            ["finding"], ["findings.slug"], name=op.f("fk_comparisons_finding")
        ),
        sa.ForeignKeyConstraint(
            ["misuse_vector"], ["vectors.slug"], name=op.f("fk_comparisons_misuse_vector")
        ),
        sa.ForeignKeyConstraint(
            ["property"], ["properties.slug"], name=op.f("fk_comparisons_property")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comparisons")),
    )
    with op.batch_alter_table("comparisons") as table:
        table.create_index(table.f("ix_comparisons_citekey"), ["citekey"])
        table.create_index(
            table.f("ix_comparisons_misuse_vector_comparator"),
            ["misuse_vector", "comparator"],
        )

    with op.batch_alter_table("agreement") as table:
        table.add_column(
            sa.Column("among", sa.String(), nullable=False, server_default="independent")
        )
        table.add_column(sa.Column("comparator", sa.String(), nullable=True))
        table.create_foreign_key(
            table.f("fk_agreement_comparator"), "comparators", ["comparator"], ["slug"]
        )
        table.create_check_constraint(table.f("ck_agreement_among_filled"), "among <> ''")
        table.create_check_constraint(table.f("ck_agreement_comparator_filled"), "comparator <> ''")
        table.create_check_constraint(
            table.f("ck_agreement_among_known"),
            "among in ('independent', 'machines', 'machine_and_independent')",
        )
        table.drop_constraint(table.f("ck_agreement_scope_known"), type_="check")
        table.create_check_constraint(
            table.f("ck_agreement_scope_known"),
            "scope in ('all', 'step', 'vector', 'coder', 'comparator')",
        )
    with op.batch_alter_table("agreement") as table:
        table.alter_column("among", existing_type=sa.String(), server_default=None)

    with op.batch_alter_table("codings") as table:
        table.add_column(sa.Column("codebook", sa.Integer(), nullable=True))
        table.add_column(sa.Column("version_read", sa.String(), nullable=True))
        table.add_column(sa.Column("read", sa.String(), nullable=True))
        table.create_foreign_key(table.f("fk_codings_read"), "readings", ["read"], ["slug"])
        table.create_foreign_key(
            table.f("fk_codings_codebook"), "codebook_versions", ["codebook"], ["version"]
        )
        table.create_check_constraint(table.f("ck_codings_codebook_in_range"), "codebook >= 1")
        table.create_check_constraint(
            table.f("ck_codings_version_read_filled"), "version_read <> ''"
        )
        table.create_check_constraint(table.f("ck_codings_read_filled"), "read <> ''")

    with op.batch_alter_table("steps") as table:
        table.add_column(sa.Column("note", sa.String(), nullable=True))
        table.create_check_constraint(table.f("ck_steps_note_filled"), "note <> ''")


def downgrade() -> None:
    with op.batch_alter_table("steps") as table:
        table.drop_constraint(table.f("ck_steps_note_filled"), type_="check")
        table.drop_column("note")

    with op.batch_alter_table("codings") as table:
        table.drop_constraint(table.f("ck_codings_read_filled"), type_="check")
        table.drop_constraint(table.f("ck_codings_version_read_filled"), type_="check")
        table.drop_constraint(table.f("ck_codings_codebook_in_range"), type_="check")
        table.drop_constraint(table.f("fk_codings_codebook"), type_="foreignkey")
        table.drop_constraint(table.f("fk_codings_read"), type_="foreignkey")
        table.drop_column("read")
        table.drop_column("version_read")
        table.drop_column("codebook")

    op.execute("delete from agreement where among <> 'independent' or scope = 'comparator'")
    with op.batch_alter_table("agreement") as table:
        table.drop_constraint(table.f("ck_agreement_scope_known"), type_="check")
        table.drop_constraint(table.f("ck_agreement_among_known"), type_="check")
        table.drop_constraint(table.f("ck_agreement_comparator_filled"), type_="check")
        table.drop_constraint(table.f("ck_agreement_among_filled"), type_="check")
        table.drop_constraint(table.f("fk_agreement_comparator"), type_="foreignkey")
        table.drop_column("comparator")
        table.drop_column("among")
        table.create_check_constraint(
            table.f("ck_agreement_scope_known"), "scope in ('all', 'step', 'vector', 'coder')"
        )

    with op.batch_alter_table("comparisons") as table:
        table.drop_index(table.f("ix_comparisons_misuse_vector_comparator"))
        table.drop_index(table.f("ix_comparisons_citekey"))

    op.drop_table("comparisons")
    op.drop_table("coding_starts")
    op.drop_table("earlier_rules")
    op.drop_table("borderline_cases")
    with op.batch_alter_table("agreed_levels") as table:
        table.drop_index(table.f("ix_agreed_levels_layer_misuse_vector_step"))

    op.drop_table("agreed_levels")
    op.drop_table("readings")
    op.drop_table("properties")
    op.drop_table("findings")
    op.drop_table("examined_models")
    op.drop_table("comparators")
    op.drop_table("codebook_versions")

"""The first tables.

Revision: 0001
Revises: nothing
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "authors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("family", sa.String(), nullable=False),
        sa.Column("given", sa.String(), nullable=True),
        sa.Column("particle", sa.String(), nullable=True),
        sa.Column("suffix", sa.String(), nullable=True),
        sa.Column("is_corporate", sa.Boolean(), nullable=False),
        sa.CheckConstraint("family <> ''", name=op.f("ck_authors_family_filled")),
        sa.CheckConstraint("given <> ''", name=op.f("ck_authors_given_filled")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_authors_name_filled")),
        sa.CheckConstraint("particle <> ''", name=op.f("ck_authors_particle_filled")),
        sa.CheckConstraint("suffix <> ''", name=op.f("ck_authors_suffix_filled")),
        sa.PrimaryKeyConstraint("id", name="pk_authors"),
        sa.UniqueConstraint("name", "is_corporate", name="uq_authors_name_is_corporate"),
    )
    op.create_table(
        "build",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("data_version", sa.String(), nullable=False),
        sa.Column("data_date", sa.String(), nullable=False),
        sa.Column("git_commit", sa.String(), nullable=True),
        sa.Column("package_version", sa.String(), nullable=False),
        sa.Column("program_version", sa.String(), nullable=False),
        sa.Column("studies", sa.Integer(), nullable=False),
        sa.Column("coded_studies", sa.Integer(), nullable=False),
        sa.Column("coders", sa.Integer(), nullable=False),
        sa.Column("codings", sa.Integer(), nullable=False),
        sa.Column("judgements", sa.Integer(), nullable=False),
        sa.Column("warnings", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_build_one_row")),
        sa.PrimaryKeyConstraint("id", name="pk_build"),
    )
    op.create_table(
        "coder_kinds",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("definition", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("definition <> ''", name=op.f("ck_coder_kinds_definition_filled")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_coder_kinds_name_filled")),
        sa.CheckConstraint("position >= 1", name=op.f("ck_coder_kinds_position_in_range")),
        sa.CheckConstraint("slug <> ''", name=op.f("ck_coder_kinds_slug_filled")),
        sa.PrimaryKeyConstraint("slug", name="pk_coder_kinds"),
        sa.UniqueConstraint("position", name="uq_coder_kinds_position"),
    )
    op.create_table(
        "confidences",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("definition", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("definition <> ''", name=op.f("ck_confidences_definition_filled")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_confidences_name_filled")),
        sa.CheckConstraint("position >= 1", name=op.f("ck_confidences_position_in_range")),
        sa.CheckConstraint("slug <> ''", name=op.f("ck_confidences_slug_filled")),
        sa.PrimaryKeyConstraint("slug", name="pk_confidences"),
        sa.UniqueConstraint("position", name="uq_confidences_position"),
    )
    op.create_table(
        "gap_kinds",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("definition", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("definition <> ''", name=op.f("ck_gap_kinds_definition_filled")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_gap_kinds_name_filled")),
        sa.CheckConstraint("position >= 1", name=op.f("ck_gap_kinds_position_in_range")),
        sa.CheckConstraint("slug <> ''", name=op.f("ck_gap_kinds_slug_filled")),
        sa.PrimaryKeyConstraint("slug", name="pk_gap_kinds"),
        sa.UniqueConstraint("position", name="uq_gap_kinds_position"),
    )
    op.create_table(
        "levels",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("definition", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("symbol", sa.String(1), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.CheckConstraint("definition <> ''", name=op.f("ck_levels_definition_filled")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_levels_name_filled")),
        sa.CheckConstraint("position >= 1", name=op.f("ck_levels_position_in_range")),
        sa.CheckConstraint("rank >= 1", name=op.f("ck_levels_rank_in_range")),
        sa.CheckConstraint("slug <> ''", name=op.f("ck_levels_slug_filled")),
        sa.CheckConstraint("symbol <> ''", name=op.f("ck_levels_symbol_filled")),
        sa.CheckConstraint("length(symbol) <= 1", name=op.f("ck_levels_symbol_short")),
        sa.PrimaryKeyConstraint("slug", name="pk_levels"),
        sa.UniqueConstraint("position", name="uq_levels_position"),
        sa.UniqueConstraint("rank", name="uq_levels_rank"),
    )
    op.create_table(
        "steps",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("definition", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("full_name", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("is_marginal_risk", sa.Boolean(), nullable=False),
        sa.CheckConstraint("definition <> ''", name=op.f("ck_steps_definition_filled")),
        sa.CheckConstraint("full_name <> ''", name=op.f("ck_steps_full_name_filled")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_steps_name_filled")),
        sa.CheckConstraint("position >= 1", name=op.f("ck_steps_position_in_range")),
        sa.CheckConstraint("question <> ''", name=op.f("ck_steps_question_filled")),
        sa.CheckConstraint("slug <> ''", name=op.f("ck_steps_slug_filled")),
        sa.PrimaryKeyConstraint("slug", name="pk_steps"),
        sa.UniqueConstraint("position", name="uq_steps_position"),
    )
    op.create_table(
        "studies",
        sa.Column("citekey", sa.String(), nullable=False),
        sa.Column("short_citation", sa.String(), nullable=False),
        sa.Column("entry_type", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("publication_date", sa.String(), nullable=False),
        sa.Column("venue", sa.String(), nullable=True),
        sa.Column("volume", sa.String(), nullable=True),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("pages", sa.String(), nullable=True),
        sa.Column("doi", sa.String(), nullable=True),
        sa.Column("arxiv_id", sa.String(), nullable=True),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("abstract", sa.String(), nullable=True),
        sa.Column("keywords", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("has_more_authors", sa.Boolean(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("bibtex", sa.String(), nullable=False),
        sa.Column("bib_file", sa.String(), nullable=False),
        sa.Column("bib_line", sa.Integer(), nullable=False),
        sa.CheckConstraint("abstract <> ''", name=op.f("ck_studies_abstract_filled")),
        sa.CheckConstraint("arxiv_id <> ''", name=op.f("ck_studies_arxiv_id_filled")),
        sa.CheckConstraint("bib_file <> ''", name=op.f("ck_studies_bib_file_filled")),
        sa.CheckConstraint("bib_line >= 1", name=op.f("ck_studies_bib_line_in_range")),
        sa.CheckConstraint("bibtex <> ''", name=op.f("ck_studies_bibtex_filled")),
        sa.CheckConstraint("citekey <> ''", name=op.f("ck_studies_citekey_filled")),
        sa.CheckConstraint("doi <> ''", name=op.f("ck_studies_doi_filled")),
        sa.CheckConstraint("entry_type <> ''", name=op.f("ck_studies_entry_type_filled")),
        sa.CheckConstraint("keywords <> ''", name=op.f("ck_studies_keywords_filled")),
        sa.CheckConstraint("language <> ''", name=op.f("ck_studies_language_filled")),
        sa.CheckConstraint("note <> ''", name=op.f("ck_studies_note_filled")),
        sa.CheckConstraint("number <> ''", name=op.f("ck_studies_number_filled")),
        sa.CheckConstraint("pages <> ''", name=op.f("ck_studies_pages_filled")),
        sa.CheckConstraint(
            "publication_date <> ''", name=op.f("ck_studies_publication_date_filled")
        ),
        sa.CheckConstraint("reference <> ''", name=op.f("ck_studies_reference_filled")),
        sa.CheckConstraint("short_citation <> ''", name=op.f("ck_studies_short_citation_filled")),
        sa.CheckConstraint("title <> ''", name=op.f("ck_studies_title_filled")),
        sa.CheckConstraint("url <> ''", name=op.f("ck_studies_url_filled")),
        sa.CheckConstraint(
            "lower(url) like 'http://%' or lower(url) like 'https://%'",
            name=op.f("ck_studies_url_is_http"),
        ),
        sa.CheckConstraint("venue <> ''", name=op.f("ck_studies_venue_filled")),
        sa.CheckConstraint("volume <> ''", name=op.f("ck_studies_volume_filled")),
        sa.CheckConstraint("year >= 1950 and year <= 2100", name=op.f("ck_studies_year_in_range")),
        sa.PrimaryKeyConstraint("citekey", name="pk_studies"),
    )
    op.create_table(
        "table_descriptions",
        sa.Column("table_name", sa.String(), nullable=False),
        sa.Column("is_view", sa.Boolean(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("table_name", name="pk_table_descriptions"),
    )
    op.create_table(
        "vectors",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("definition", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("definition <> ''", name=op.f("ck_vectors_definition_filled")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_vectors_name_filled")),
        sa.CheckConstraint("position >= 1", name=op.f("ck_vectors_position_in_range")),
        sa.CheckConstraint("slug <> ''", name=op.f("ck_vectors_slug_filled")),
        sa.PrimaryKeyConstraint("slug", name="pk_vectors"),
        sa.UniqueConstraint("position", name="uq_vectors_position"),
    )
    op.create_table(
        "authorships",
        sa.Column("citekey", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("role in ('author', 'editor')", name=op.f("ck_authorships_role_known")),
        sa.ForeignKeyConstraint(["author_id"], ["authors.id"], name="fk_authorships_author_id"),
        sa.ForeignKeyConstraint(["citekey"], ["studies.citekey"], name="fk_authorships_citekey"),
        sa.PrimaryKeyConstraint("citekey", "role", "position", name="pk_authorships"),
    )
    op.create_index("ix_authorships_author_id", "authorships", ["author_id"])
    op.create_table(
        "coders",
        sa.Column("coder", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("publication", sa.String(), nullable=True),
        sa.CheckConstraint("coder <> ''", name=op.f("ck_coders_coder_filled")),
        sa.CheckConstraint("kind <> ''", name=op.f("ck_coders_kind_filled")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_coders_name_filled")),
        sa.CheckConstraint("note <> ''", name=op.f("ck_coders_note_filled")),
        sa.CheckConstraint("url <> ''", name=op.f("ck_coders_url_filled")),
        sa.CheckConstraint(
            "lower(url) like 'http://%' or lower(url) like 'https://%'",
            name=op.f("ck_coders_url_is_http"),
        ),
        sa.ForeignKeyConstraint(["kind"], ["coder_kinds.slug"], name="fk_coders_kind"),
        sa.ForeignKeyConstraint(["publication"], ["studies.citekey"], name="fk_coders_publication"),
        sa.PrimaryKeyConstraint("coder", name="pk_coders"),
    )
    op.create_table(
        "coding_rules",
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.CheckConstraint("level <> ''", name=op.f("ck_coding_rules_level_filled")),
        sa.CheckConstraint("rule <> ''", name=op.f("ck_coding_rules_rule_filled")),
        sa.CheckConstraint("step <> ''", name=op.f("ck_coding_rules_step_filled")),
        sa.ForeignKeyConstraint(["level"], ["levels.slug"], name="fk_coding_rules_level"),
        sa.ForeignKeyConstraint(["step"], ["steps.slug"], name="fk_coding_rules_step"),
        sa.PrimaryKeyConstraint("step", "level", name="pk_coding_rules"),
    )
    op.create_table(
        "field_descriptions",
        sa.Column("table_name", sa.String(), nullable=False),
        sa.Column("column_name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["table_name"],
            ["table_descriptions.table_name"],
            name="fk_field_descriptions_table_name",
        ),
        sa.PrimaryKeyConstraint("table_name", "column_name", name="pk_field_descriptions"),
    )
    op.create_table(
        "codings",
        sa.Column("citekey", sa.String(), nullable=False),
        sa.Column("misuse_vector", sa.String(), nullable=False),
        sa.Column("coder", sa.String(), nullable=False),
        sa.Column("coded_on", sa.String(), nullable=True),
        sa.Column("changed_on", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.CheckConstraint("citekey <> ''", name=op.f("ck_codings_citekey_filled")),
        sa.CheckConstraint("changed_on <> ''", name=op.f("ck_codings_changed_on_filled")),
        sa.CheckConstraint("coded_on <> ''", name=op.f("ck_codings_coded_on_filled")),
        sa.CheckConstraint("coder <> ''", name=op.f("ck_codings_coder_filled")),
        sa.CheckConstraint("misuse_vector <> ''", name=op.f("ck_codings_misuse_vector_filled")),
        sa.CheckConstraint("note <> ''", name=op.f("ck_codings_note_filled")),
        sa.ForeignKeyConstraint(["citekey"], ["studies.citekey"], name="fk_codings_citekey"),
        sa.ForeignKeyConstraint(["coder"], ["coders.coder"], name="fk_codings_coder"),
        sa.ForeignKeyConstraint(
            ["misuse_vector"], ["vectors.slug"], name="fk_codings_misuse_vector"
        ),
        sa.PrimaryKeyConstraint("citekey", "misuse_vector", "coder", name="pk_codings"),
    )
    op.create_index("ix_codings_coder", "codings", ["coder"])
    op.create_index("ix_codings_misuse_vector", "codings", ["misuse_vector"])
    op.create_table(
        "judgements",
        sa.Column("citekey", sa.String(), nullable=False),
        sa.Column("misuse_vector", sa.String(), nullable=False),
        sa.Column("coder", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("confidence", sa.String(), nullable=False),
        sa.Column("locator", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("rationale", sa.String(), nullable=False),
        sa.CheckConstraint("citekey <> ''", name=op.f("ck_judgements_citekey_filled")),
        sa.CheckConstraint("coder <> ''", name=op.f("ck_judgements_coder_filled")),
        sa.CheckConstraint("confidence <> ''", name=op.f("ck_judgements_confidence_filled")),
        sa.CheckConstraint("level <> ''", name=op.f("ck_judgements_level_filled")),
        sa.CheckConstraint("locator <> ''", name=op.f("ck_judgements_locator_filled")),
        sa.CheckConstraint("misuse_vector <> ''", name=op.f("ck_judgements_misuse_vector_filled")),
        sa.CheckConstraint("rationale <> ''", name=op.f("ck_judgements_rationale_filled")),
        sa.CheckConstraint("source <> ''", name=op.f("ck_judgements_source_filled")),
        sa.CheckConstraint("step <> ''", name=op.f("ck_judgements_step_filled")),
        sa.ForeignKeyConstraint(
            ["citekey", "misuse_vector", "coder"],
            ["codings.citekey", "codings.misuse_vector", "codings.coder"],
            name="fk_judgements_citekey_misuse_vector_coder",
        ),
        sa.ForeignKeyConstraint(["citekey"], ["studies.citekey"], name="fk_judgements_citekey"),
        sa.ForeignKeyConstraint(["coder"], ["coders.coder"], name="fk_judgements_coder"),
        sa.ForeignKeyConstraint(
            ["confidence"], ["confidences.slug"], name="fk_judgements_confidence"
        ),
        sa.ForeignKeyConstraint(["level"], ["levels.slug"], name="fk_judgements_level"),
        sa.ForeignKeyConstraint(
            ["misuse_vector"], ["vectors.slug"], name="fk_judgements_misuse_vector"
        ),
        sa.ForeignKeyConstraint(["step"], ["steps.slug"], name="fk_judgements_step"),
        sa.PrimaryKeyConstraint("citekey", "misuse_vector", "coder", "step", name="pk_judgements"),
    )
    op.create_index("ix_judgements_misuse_vector_step", "judgements", ["misuse_vector", "step"])


def downgrade() -> None:
    op.drop_index("ix_judgements_misuse_vector_step", table_name="judgements")
    op.drop_table("judgements")
    op.drop_index("ix_codings_misuse_vector", table_name="codings")
    op.drop_index("ix_codings_coder", table_name="codings")
    op.drop_table("codings")
    op.drop_table("field_descriptions")
    op.drop_table("coding_rules")
    op.drop_table("coders")
    op.drop_index("ix_authorships_author_id", table_name="authorships")
    op.drop_table("authorships")
    op.drop_table("vectors")
    op.drop_table("table_descriptions")
    op.drop_table("studies")
    op.drop_table("steps")
    op.drop_table("levels")
    op.drop_table("gap_kinds")
    op.drop_table("confidences")
    op.drop_table("coder_kinds")
    op.drop_table("build")
    op.drop_table("authors")

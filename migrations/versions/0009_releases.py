"""The releases of the data, and what each changed on the map.

Revision: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "releases",
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("tag", "released_on", "data_version", "git_commit")
        ),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("found_studies", "coded_studies", "judgements")
        ),
        sa.Column("tag_before", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tag_before"], ["releases.tag"], name=op.f("fk_releases_tag_before")
        ),
        sa.PrimaryKeyConstraint("tag", name=op.f("pk_releases")),
    )
    op.create_table(
        "release_changes",
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("tag", "misuse_vector", "step")
        ),
        sa.Column("state_before", sa.String(), nullable=True),
        sa.Column("state_after", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["tag"], ["releases.tag"], name=op.f("fk_release_changes_tag")),
        sa.PrimaryKeyConstraint(*("tag", "misuse_vector", "step"), name=op.f("pk_release_changes")),
    )
    with op.batch_alter_table("build") as table:
        table.add_column(sa.Column("releases_version", sa.String(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("build") as table:
        table.drop_column("releases_version")
    op.drop_table("release_changes")
    op.drop_table("releases")

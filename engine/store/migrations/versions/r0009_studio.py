"""The studio: drafts, candidates and proposals."""

import sqlalchemy as sa
from alembic import op

from engine.store.types import Json, UtcTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "candidate",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("definition_id", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("made_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate")),
    )
    op.create_table(
        "candidate_file",
        sa.Column("candidate_id", sa.String(length=64), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("companion", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_candidate_file_candidate_id")
        ),
        sa.ForeignKeyConstraint(["hash"], ["blob.hash"], name=op.f("fk_candidate_file_hash")),
        sa.PrimaryKeyConstraint("candidate_id", "path", name=op.f("pk_candidate_file")),
    )
    op.create_index(op.f("ix_candidate_file_hash"), "candidate_file", ["hash"], unique=False)
    op.create_table(
        "package_draft",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("base_id", sa.String(length=64), nullable=True),
        sa.Column("owner_id", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("updated_at", UtcTime(), nullable=False),
        sa.Column("updated_by", sa.String(length=64), nullable=False),
        sa.Column("saves", sa.Integer(), nullable=False),
        sa.Column("discarded_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["base_id"], ["definition.id"], name=op.f("fk_package_draft_base_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_package_draft")),
    )
    op.create_index(op.f("ix_package_draft_owner_id"), "package_draft", ["owner_id"], unique=False)
    op.create_table(
        "package_draft_file",
        sa.Column("draft_id", sa.String(length=64), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("updated_by", sa.String(length=64), nullable=False),
        sa.Column("updated_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["package_draft.id"], name=op.f("fk_package_draft_file_draft_id")
        ),
        sa.ForeignKeyConstraint(["hash"], ["blob.hash"], name=op.f("fk_package_draft_file_hash")),
        sa.PrimaryKeyConstraint("draft_id", "path", name=op.f("pk_package_draft_file")),
    )
    op.create_index(
        op.f("ix_package_draft_file_hash"), "package_draft_file", ["hash"], unique=False
    )
    op.create_table(
        "package_draft_save",
        sa.Column("draft_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=True),
        sa.Column("saved_by", sa.String(length=64), nullable=False),
        sa.Column("saved_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["package_draft.id"], name=op.f("fk_package_draft_save_draft_id")
        ),
        sa.ForeignKeyConstraint(["hash"], ["blob.hash"], name=op.f("fk_package_draft_save_hash")),
        sa.PrimaryKeyConstraint("draft_id", "number", "path", name=op.f("pk_package_draft_save")),
    )
    op.create_index(
        op.f("ix_package_draft_save_draft_id_path_number"),
        "package_draft_save",
        ["draft_id", "path", "number"],
        unique=False,
    )
    op.create_index(
        op.f("ix_package_draft_save_hash"), "package_draft_save", ["hash"], unique=False
    )
    op.create_table(
        "package_draft_share",
        sa.Column("draft_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("edits", sa.Boolean(), nullable=False),
        sa.Column("shared_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["package_draft.id"], name=op.f("fk_package_draft_share_draft_id")
        ),
        sa.PrimaryKeyConstraint("draft_id", "person_id", name=op.f("pk_package_draft_share")),
    )
    op.create_index(
        op.f("ix_package_draft_share_person_id"), "package_draft_share", ["person_id"], unique=False
    )
    op.create_table(
        "proposal",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("draft_id", sa.String(length=64), nullable=True),
        sa.Column("candidate_id", sa.String(length=64), nullable=False),
        sa.Column("base_id", sa.String(length=64), nullable=True),
        sa.Column("instance_id", sa.String(length=64), nullable=False),
        sa.Column("proposed_by", sa.String(length=64), nullable=False),
        sa.Column("proposed_at", UtcTime(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("editors", Json(), nullable=False),
        sa.Column("warnings", Json(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decided_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["base_id"], ["definition.id"], name=op.f("fk_proposal_base_id")),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_proposal_candidate_id")
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["package_draft.id"], name=op.f("fk_proposal_draft_id")
        ),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_proposal_instance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    op.create_index(op.f("ix_proposal_candidate_id"), "proposal", ["candidate_id"], unique=False)
    op.create_index(op.f("ix_proposal_draft_id"), "proposal", ["draft_id"], unique=False)
    op.create_index(op.f("ix_proposal_instance_id"), "proposal", ["instance_id"], unique=False)
    op.add_column(
        "definition",
        sa.Column("origin", sa.String(length=16), server_default="files", nullable=False),
    )
    op.add_column("definition", sa.Column("base_id", sa.String(length=64), nullable=True))
    op.add_column(
        "package_file",
        sa.Column("companion", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.create_index(op.f("ix_package_file_hash"), "package_file", ["hash"], unique=False)

"""Migration 0002: files handed over, headers learned, notices by e-mail; indexes to count what is open."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """All of it, inside one transaction."""
    _learned_headers()
    _mailings()
    _uploads()
    _accounts()
    _needs()
    _offers()


def _learned_headers() -> None:
    op.create_table(
        "learned_headers",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("header", sa.Text(), nullable=False),
        sa.Column("means", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "kind", "header"),
    )


def _mailings() -> None:
    op.create_table(
        "mailings",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("told_to", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("leased_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("account_id"),
        sa.UniqueConstraint("secret"),
    )


def _uploads() -> None:
    op.create_table(
        "uploads",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("uploads_account", "uploads", ["account_id"], unique=False)
    op.create_index("uploads_end", "uploads", ["expires_at"], unique=False)


def _accounts() -> None:
    op.add_column("accounts", sa.Column("mail", sa.Text(), nullable=True))


def _needs() -> None:
    op.create_index(
        "needs_posed",
        "needs",
        ["slots", "kind", "service_code", "city", "sector", "due_on", "id", "state"],
        unique=False,
        sqlite_where=sa.text("state = 'posed'"),
        postgresql_where=sa.text("state = 'posed'"),
    )


def _offers() -> None:
    op.create_index(
        "offers_open",
        "offers",
        ["org_id", "kind", "service_code", "available_to", "capacity", "id", "state"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )

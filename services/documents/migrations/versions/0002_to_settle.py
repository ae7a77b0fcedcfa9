"""Waiting documents that something has changed around, until they have been looked at again."""

from alembic import op

from kontor_service.migrations import merchant_lister, tenant_table

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute(
        "CREATE TABLE to_settle (document_id uuid PRIMARY KEY, merchant_id uuid NOT NULL, try_at timestamptz NOT NULL)"
    )
    tenant_table(op, "to_settle")
    merchant_lister(op, "merchants_to_settle", "to_settle", "try_at <= now()")

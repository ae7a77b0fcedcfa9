"""A table with a tenant's rows."""

from alembic import op

from kontor_service.migrations import infrastructure, merchant_lister, tenant_table

revision = "0001"
down_revision = None


def upgrade():
    infrastructure(op)
    op.execute("CREATE TABLE thing (id uuid PRIMARY KEY, merchant_id uuid NOT NULL, name text NOT NULL)")
    tenant_table(op, "thing")
    merchant_lister(op, "merchants_with_things", "thing")

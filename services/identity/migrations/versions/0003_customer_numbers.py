"""Every number a customer ever had stays theirs."""

from alembic import op

from kontor_service.migrations import tenant_table

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    # Expand first, contract in a later release: the code of both releases runs side by side. What the older one
    # gives out meanwhile is noted when it changes: a change notes the number before it, too.
    op.execute(
        """
        CREATE TABLE customer_number (
            merchant_id uuid NOT NULL REFERENCES merchant (id),
            number text NOT NULL,
            customer_id uuid NOT NULL REFERENCES customer (id),
            PRIMARY KEY (merchant_id, number)
        )"""
    )
    # Row-level security comes after the rows: the tables' owner is under it, too.
    op.execute(
        "INSERT INTO customer_number (merchant_id, number, customer_id) SELECT merchant_id, number, id FROM customer"
    )
    tenant_table(op, "customer_number")

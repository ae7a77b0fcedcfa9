"""Mails about meter readings: the copy of what was asked, and what a mail tells of a reading."""

from alembic import op

from kontor_service.migrations import tenant_table

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    # Expand first, contract in a later release: the code of both releases runs side by side.
    op.execute("ALTER TABLE mail ADD COLUMN reading jsonb")
    op.execute(
        """
        CREATE TABLE asking_copy (
            id uuid PRIMARY KEY,
            merchant_id uuid NOT NULL,
            epoch integer NOT NULL,
            version bigint NOT NULL,
            deleted boolean NOT NULL,
            state bytea NOT NULL
        )"""
    )
    tenant_table(op, "asking_copy")

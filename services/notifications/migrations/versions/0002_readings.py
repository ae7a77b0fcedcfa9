"""Mails about meter readings: the copy of what was asked."""

from alembic import op

from kontor_service.migrations import tenant_table

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE reading_invitation_copy (
            id uuid PRIMARY KEY,
            merchant_id uuid NOT NULL,
            epoch integer NOT NULL,
            version bigint NOT NULL,
            deleted boolean NOT NULL,
            state bytea NOT NULL
        )"""
    )
    tenant_table(op, "reading_invitation_copy")

"""Tables of meters: meters and registers, readings, requests for readings, and copies of what they depend on."""

from pathlib import Path

from alembic import op

from kontor_service.migrations import infrastructure, merchant_lister, tenant_table

revision = "0001"
down_revision = None

TENANT_TABLES = (
    "merchant", "customer", "meter", "register", "reading", "photo", "reading_request", "reading_invitation", "invited_meter",
)  # fmt: skip


def upgrade() -> None:
    infrastructure(op)
    for statement in (Path(__file__).parent / "0001_tables.sql").read_text().split("\n--;\n"):
        op.execute(statement)
    for table in TENANT_TABLES:
        tenant_table(op, table)
    merchant_lister(op, "merchants_with_meters", "meter")
    merchant_lister(op, "merchants_with_open_requests", "reading_request", "state = 'open'")
    merchant_lister(op, "merchants_by_slug", "merchant", "slug = wanted", arguments="wanted text")

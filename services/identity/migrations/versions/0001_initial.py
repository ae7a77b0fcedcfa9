"""Identity's tables, and the narrow functions that find a merchant where a caller cannot name it."""

from pathlib import Path

from alembic import op

from kontor_service.migrations import infrastructure, merchant_lister, tenant_table

revision = "0001"
down_revision = None

TENANT_TABLES = (
    "merchant", "logo", "staff", "customer", "contact", "portal_user", "invitation", "link", "session", "challenge", "api_key",
)  # fmt: skip
# What the functions below look up across merchants. merchant and session are opened by their listers.
LOOKED_UP = ("logo", "staff", "customer", "contact", "portal_user", "invitation", "link", "challenge", "api_key")

HERE = Path(__file__).parent


def upgrade() -> None:
    infrastructure(op)
    for file in ("0001_tables.sql", "0001_functions.sql"):
        for statement in (HERE / file).read_text().split("\n--;\n"):
            op.execute(statement)
    for table in TENANT_TABLES:
        tenant_table(op, table)
    for table in LOOKED_UP:
        op.execute(f"CREATE POLICY lookup ON {table} FOR SELECT TO CURRENT_USER USING (true)")
    merchant_lister(op, "merchants", "merchant")
    merchant_lister(op, "merchants_with_sessions_to_push", "session", "pushed_version < version")

"""Tables of payments: receivables and their ledger, checkouts, refunds, and copies of what they depend on."""

from pathlib import Path

from alembic import op

from kontor_service.migrations import infrastructure, merchant_lister, tenant_table

revision = "0001"
down_revision = None

TENANT_TABLES = (
    "document", "merchant", "customer", "payment_settings", "connection", "receivable", "payment", "booking", "checkout", "refund",
    "incoming_payment", "provider_event",
)  # fmt: skip

# A webhook names its connection, not its merchant.
CONNECTION_MERCHANT = """
CREATE FUNCTION connection_merchant(wanted_provider text, wanted uuid) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT merchant_id FROM connection WHERE id = wanted AND provider = wanted_provider $$
"""
APPEND_ONLY = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger only grows';
END $$
"""


def upgrade() -> None:
    infrastructure(op)
    for statement in (Path(__file__).parent / "0001_tables.sql").read_text().split("\n--;\n"):
        op.execute(statement)
    for table in TENANT_TABLES:
        tenant_table(op, table)
    op.execute(APPEND_ONLY)
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON booking FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute("CREATE POLICY connection_merchant_reads ON connection FOR SELECT TO CURRENT_USER USING (true)")
    op.execute(CONNECTION_MERCHANT)
    merchant_lister(op, "merchants_with_receivables", "receivable")
    merchant_lister(op, "merchants_with_checkouts_to_ask", "checkout", "ask_at <= now()")
    merchant_lister(op, "merchants_with_refunds_to_try", "refund", "try_at <= now()")
    merchant_lister(op, "merchants_with_stale_offers", "merchant", "offer_pending")
    merchant_lister(op, "merchants_by_slug", "merchant", "slug = wanted", arguments="wanted text")

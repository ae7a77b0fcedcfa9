"""Initial."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    # Expand first, contract in a later release: the code of both releases runs side by side.
    execute = op.get_bind().exec_driver_sql
    op.create_table(
        "bank_statement",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("opening_minor", sa.BigInteger(), nullable=True),
        sa.Column("closing_minor", sa.BigInteger(), nullable=True),
        sa.Column("payments", sa.BigInteger(), nullable=False),
        sa.Column("new_payments", sa.BigInteger(), nullable=False),
        sa.Column("imported_by", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("format IN ('camt053', 'mt940')", name=op.f("ck_bank_statement_format")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_statement")),
        sa.UniqueConstraint(
            "merchant_id", "account", "content", name=op.f("uq_bank_statement_merchant_id_account_content")
        ),
    )
    op.create_index("bank_statement_file", "bank_statement", ["merchant_id", "file_sha256"], unique=False)
    op.create_table(
        "connection",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("credentials", sa.Text(), nullable=False),
        sa.Column("webhook_url", sa.Text(), nullable=False),
        sa.Column("connected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("problem_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("mode IN ('test', 'live')", name=op.f("ck_connection_mode")),
        sa.CheckConstraint("state IN ('trial', 'live', 'ended')", name=op.f("ck_connection_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connection")),
    )
    op.create_index(
        "connection_one_active",
        "connection",
        ["merchant_id", "provider"],
        unique=True,
        postgresql_where=sa.text("state <> 'ended'"),
    )
    op.create_table(
        "customer",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address_lines", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
    )
    op.create_table(
        "datev_settings",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("consultant", sa.BigInteger(), nullable=False),
        sa.Column("client", sa.BigInteger(), nullable=False),
        sa.Column("chart", sa.Text(), nullable=False),
        sa.Column("account_length", sa.BigInteger(), nullable=False),
        sa.Column("fiscal_month", sa.BigInteger(), nullable=False),
        sa.Column("clearing", sa.Text(), nullable=False),
        sa.Column("debtor", sa.Text(), nullable=False),
        sa.Column("fees", sa.Text(), nullable=False),
        sa.Column("transit", sa.Text(), nullable=False),
        sa.Column("other", sa.Text(), nullable=False),
        sa.Column("fee_tax_key", sa.Text(), nullable=True),
        sa.CheckConstraint("chart IN ('SKR03', 'SKR04')", name=op.f("ck_datev_settings_chart")),
        sa.PrimaryKeyConstraint("merchant_id", name=op.f("pk_datev_settings")),
    )
    op.create_table(
        "document",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("thread_id", sa.Text(), nullable=False),
        sa.Column("issue_date", sa.Date(), nullable=True),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("gross_minor", sa.BigInteger(), nullable=False),
        sa.Column("amount_due_minor", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("asked_minor", sa.BigInteger(), nullable=False),
        sa.Column("cash_discounts", postgresql.JSONB(), nullable=False),
        sa.Column("instalments", postgresql.JSONB(), nullable=False),
        sa.Column("payment_reference", sa.Text(), nullable=False),
        sa.Column("payment_means", sa.Text(), nullable=False),
        sa.Column("direct_debit_date", sa.Date(), nullable=True),
        sa.Column("payee_name", sa.Text(), nullable=False),
        sa.Column("account_holder", sa.Text(), nullable=False),
        sa.Column("iban", sa.Text(), nullable=False),
        sa.Column("bic", sa.Text(), nullable=False),
        sa.Column("names_invoices", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    op.create_index(
        "document_external_id",
        "document",
        ["merchant_id", "external_id"],
        unique=False,
        postgresql_where=sa.text("external_id <> ''"),
    )
    op.create_index(
        "document_names_invoices",
        "document",
        ["customer_id"],
        unique=False,
        postgresql_where=sa.text("names_invoices <> '[]'"),
    )
    op.create_index("document_number", "document", ["merchant_id", "number"], unique=False)
    op.create_table(
        "idempotency",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("answer", postgresql.JSONB(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("length(key) BETWEEN 1 AND 200", name=op.f("ck_idempotency_key")),
        sa.PrimaryKeyConstraint("merchant_id", "scope", "key", name=op.f("pk_idempotency")),
    )
    op.create_table(
        "inbox",
        sa.Column("consumer", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("processed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("consumer", "event_id", name=op.f("pk_inbox")),
    )
    op.create_index("inbox_processed", "inbox", ["processed_at"], unique=False, postgresql_using="brin")
    op.create_table(
        "incoming_payment",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("document_external_id", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("waited", sa.Boolean(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_from", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("answer_pending", sa.Boolean(), nullable=False),
        sa.CheckConstraint("state IN ('parked', 'booked', 'refused')", name=op.f("ck_incoming_payment_state")),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_incoming_payment_amount_minor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_payment")),
        sa.UniqueConstraint("merchant_id", "external_id", name=op.f("uq_incoming_payment_merchant_id_external_id")),
    )
    op.create_index(
        "incoming_payment_answers",
        "incoming_payment",
        ["merchant_id"],
        unique=False,
        postgresql_where=sa.text("answer_pending"),
    )
    op.create_index(
        "incoming_payment_parked",
        "incoming_payment",
        ["merchant_id", "document_number", "document_external_id"],
        unique=False,
        postgresql_where=sa.text("state = 'parked'"),
    )
    op.create_table(
        "merchant",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("payments_enabled", sa.Boolean(), nullable=False),
        sa.Column("not_payable_types", postgresql.JSONB(), nullable=False),
        sa.Column("iban", sa.Text(), nullable=False),
        sa.Column("bic", sa.Text(), nullable=False),
        sa.Column("further_ibans", postgresql.JSONB(), nullable=False),
        sa.Column("account_holder", sa.Text(), nullable=False),
        sa.Column("accent_color", sa.Text(), nullable=False),
        sa.Column("address_lines", postgresql.JSONB(), nullable=False),
        sa.Column("offer_pending", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merchant")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=True),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("headers", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("available_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        postgresql_with={"autovacuum_vacuum_scale_factor": "0.02", "autovacuum_vacuum_threshold": "1000"},
    )
    op.create_index(
        "outbox_published",
        "outbox",
        ["published_at"],
        unique=False,
        postgresql_where=sa.text("published_at IS NOT NULL"),
    )
    op.create_index(
        "outbox_unpublished",
        "outbox",
        ["available_at", "id"],
        unique=False,
        postgresql_where=sa.text("published_at IS NULL"),
    )
    op.create_table(
        "pay_link",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("document_ids", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_link")),
    )
    op.create_index("pay_link_customer", "pay_link", ["customer_id", "created_at"], unique=False)
    op.create_table(
        "payment_settings",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("providers_on", postgresql.JSONB(), nullable=False),
        sa.Column("offset_credit_notes", sa.Boolean(), nullable=False),
        sa.Column("methods_off", postgresql.JSONB(), nullable=False),
        sa.Column("partial_payments", sa.Boolean(), nullable=False),
        sa.Column("partial_minimum_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("partial_minimum_minor > 0", name=op.f("ck_payment_settings_partial_minimum_minor")),
        sa.PrimaryKeyConstraint("merchant_id", name=op.f("pk_payment_settings")),
    )
    op.create_table(
        "receivable",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("document_type", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("thread_id", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("asked_minor", sa.BigInteger(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("repeats_document_ids", postgresql.JSONB(), nullable=False),
        sa.Column("credit_notes", postgresql.JSONB(), nullable=False),
        sa.Column("credits", postgresql.JSONB(), nullable=False),
        sa.Column("asked_discounts", postgresql.JSONB(), nullable=False),
        sa.Column("asked_instalments", postgresql.JSONB(), nullable=False),
        sa.Column("payment_reference", sa.Text(), nullable=False),
        sa.Column("payment_means", sa.Text(), nullable=False),
        sa.Column("payee_name", sa.Text(), nullable=False),
        sa.Column("account_holder", sa.Text(), nullable=False),
        sa.Column("iban", sa.Text(), nullable=False),
        sa.Column("bic", sa.Text(), nullable=False),
        sa.Column("due_minor", sa.BigInteger(), nullable=False),
        sa.Column("pending_minor", sa.BigInteger(), nullable=False),
        sa.Column("paid_minor", sa.BigInteger(), nullable=False),
        sa.Column("refunded_minor", sa.BigInteger(), nullable=False),
        sa.Column("discount_minor", sa.BigInteger(), nullable=False),
        sa.Column("open_minor", sa.BigInteger(), nullable=False),
        sa.Column("overpaid_minor", sa.BigInteger(), nullable=False),
        sa.Column("credit_minor", sa.BigInteger(), nullable=False),
        sa.Column("offset_minor", sa.BigInteger(), nullable=False),
        sa.Column("credit_left_minor", sa.BigInteger(), nullable=False),
        sa.Column("cash_discounts", postgresql.JSONB(), nullable=False),
        sa.Column("instalments", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("partial_minimum_minor", sa.BigInteger(), nullable=False),
        sa.Column("methods", postgresql.JSONB(), nullable=False),
        sa.Column("offer", sa.Text(), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_method", sa.Text(), nullable=False),
        sa.Column("last_failure", sa.Text(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("checkout_open", sa.Boolean(), nullable=False),
        sa.Column("confirmation_needed", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'on_its_way', 'partly_paid', 'paid', 'cancelled', 'direct_debit', 'credit', 'settled')",
            name=op.f("ck_receivable_state"),
        ),
        sa.CheckConstraint("asked_minor > 0", name=op.f("ck_receivable_asked_minor")),
        sa.CheckConstraint("credit_left_minor >= 0", name=op.f("ck_receivable_credit_left_minor")),
        sa.CheckConstraint("credit_minor >= 0", name=op.f("ck_receivable_credit_minor")),
        sa.CheckConstraint("discount_minor >= 0", name=op.f("ck_receivable_discount_minor")),
        sa.CheckConstraint("due_minor >= 0", name=op.f("ck_receivable_due_minor")),
        sa.CheckConstraint("length(currency) = 3", name=op.f("ck_receivable_currency")),
        sa.CheckConstraint("offset_minor >= 0", name=op.f("ck_receivable_offset_minor")),
        sa.CheckConstraint("open_minor >= 0", name=op.f("ck_receivable_open_minor")),
        sa.CheckConstraint("overpaid_minor >= 0", name=op.f("ck_receivable_overpaid_minor")),
        sa.CheckConstraint("paid_minor >= 0", name=op.f("ck_receivable_paid_minor")),
        sa.CheckConstraint("partial_minimum_minor >= 0", name=op.f("ck_receivable_partial_minimum_minor")),
        sa.CheckConstraint("pending_minor >= 0", name=op.f("ck_receivable_pending_minor")),
        sa.CheckConstraint("refunded_minor >= 0", name=op.f("ck_receivable_refunded_minor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receivable")),
        sa.UniqueConstraint("merchant_id", "document_id", name=op.f("uq_receivable_merchant_id_document_id")),
    )
    op.create_index(
        "receivable_credited",
        "receivable",
        ["merchant_id"],
        unique=False,
        postgresql_where=sa.text("credit_notes <> '[]'"),
    )
    op.create_index(
        "receivable_live",
        "receivable",
        ["merchant_id", "id"],
        unique=False,
        postgresql_where=sa.text("state NOT IN ('paid', 'cancelled', 'credit', 'settled')"),
    )
    op.create_index(
        "receivable_plain_number",
        "receivable",
        ["merchant_id", sa.literal_column("regexp_replace(upper(document_number), '[^A-Z0-9]', '', 'g')")],
        unique=False,
    )
    op.create_index(
        "receivable_repeats",
        "receivable",
        ["merchant_id"],
        unique=False,
        postgresql_where=sa.text("repeats_document_ids <> '[]'"),
    )
    op.create_table(
        "sign_in",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("state_hash", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_sign_in")),
    )
    op.create_table(
        "tree_planting",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("counted", sa.BigInteger(), nullable=False),
        sa.Column("set_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("square_metres", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("basis IN ('fees', 'payments')", name=op.f("ck_tree_planting_basis")),
        sa.CheckConstraint("counted >= 0", name=op.f("ck_tree_planting_counted")),
        sa.CheckConstraint("square_metres >= 0", name=op.f("ck_tree_planting_square_metres")),
        sa.CheckConstraint("step > 0", name=op.f("ck_tree_planting_step")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tree_planting")),
        sa.UniqueConstraint("merchant_id", name=op.f("uq_tree_planting_merchant_id")),
    )
    op.create_table(
        "checkout",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("saved_method_id", sa.Uuid(), nullable=True),
        sa.Column("request", postgresql.JSONB(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("redirect_url", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("offered_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ask_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('creating', 'open', 'requires_action', 'approved', 'ending', 'completed', 'expired', 'cancelled', 'failed')",
            name=op.f("ck_checkout_state"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_checkout_amount_minor")),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("fk_checkout_connection_id_connection")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkout")),
        sa.UniqueConstraint("connection_id", "provider_id", name=op.f("uq_checkout_connection_id_provider_id")),
    )
    op.create_index(
        "checkout_payable",
        "checkout",
        ["connection_id"],
        unique=False,
        postgresql_where=sa.text("state IN ('creating', 'open', 'requires_action', 'approved')"),
    )
    op.create_index(
        "checkout_to_ask", "checkout", ["ask_at"], unique=False, postgresql_where=sa.text("ask_at IS NOT NULL")
    )
    op.create_table(
        "payment",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("receivable_id", sa.Uuid(), nullable=False),
        sa.Column("checkout_id", sa.Uuid(), nullable=True),
        sa.Column("connection_id", sa.Uuid(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("provider_reference", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("counts_on", sa.Date(), nullable=False),
        sa.Column("charged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fee_minor", sa.BigInteger(), nullable=True),
        sa.Column("net_minor", sa.BigInteger(), nullable=True),
        sa.Column("payout_id", sa.Text(), nullable=False),
        sa.Column("refunds", postgresql.JSONB(), nullable=False),
        sa.Column("left_minor", sa.BigInteger(), nullable=False),
        sa.Column("disputed_minor", sa.BigInteger(), nullable=False),
        sa.Column("booked_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("cancelled_by", sa.Text(), nullable=False),
        sa.Column("saved_method_id", sa.Uuid(), nullable=True),
        sa.Column("matched_to", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'failed', 'succeeded', 'refund_pending', 'refunded', 'reversed', 'matched', 'cancelled', 'paid_out', 'disputed')",
            name=op.f("ck_payment_state"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payment_amount_minor")),
        sa.CheckConstraint("disputed_minor >= 0", name=op.f("ck_payment_disputed_minor")),
        sa.CheckConstraint("left_minor >= 0", name=op.f("ck_payment_left_minor")),
        sa.ForeignKeyConstraint(["receivable_id"], ["receivable.id"], name=op.f("fk_payment_receivable_id_receivable")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("merchant_id", "external_id", name=op.f("uq_payment_merchant_id_external_id")),
    )
    op.create_index(
        "payment_provider_reference",
        "payment",
        ["connection_id", "provider_reference", "receivable_id"],
        unique=True,
        postgresql_where=sa.text("connection_id IS NOT NULL"),
    )
    op.create_index("payment_receivable", "payment", ["receivable_id"], unique=False)
    op.create_table(
        "payout",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("provider_reference", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("arrives_on", sa.Date(), nullable=False),
        sa.Column("gross_minor", sa.BigInteger(), nullable=False),
        sa.Column("returned_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("other_minor", sa.BigInteger(), nullable=False),
        sa.Column("items", postgresql.JSONB(), nullable=False),
        sa.Column("unlinked", postgresql.JSONB(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("link_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("link_attempts", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('pending', 'in_transit', 'paid', 'failed', 'cancelled')", name=op.f("ck_payout_state")
        ),
        sa.CheckConstraint("link_attempts >= 0", name=op.f("ck_payout_link_attempts")),
        sa.ForeignKeyConstraint(["connection_id"], ["connection.id"], name=op.f("fk_payout_connection_id_connection")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout")),
        sa.UniqueConstraint(
            "connection_id", "provider_reference", name=op.f("uq_payout_connection_id_provider_reference")
        ),
    )
    op.create_index("payout_arrival", "payout", ["merchant_id", "arrives_on"], unique=False)
    op.create_index("payout_by_merchant", "payout", ["merchant_id", "id"], unique=False)
    op.create_index(
        "payout_to_link", "payout", ["link_at"], unique=False, postgresql_where=sa.text("link_at IS NOT NULL")
    )
    op.create_index(
        "payout_unlinked",
        "payout",
        ["unlinked"],
        unique=False,
        postgresql_using="gin",
        postgresql_where=sa.text("unlinked <> '[]'"),
    )
    op.create_table(
        "provider_event",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("fk_provider_event_connection_id_connection")
        ),
        sa.PrimaryKeyConstraint("connection_id", "event_id", name=op.f("pk_provider_event")),
    )
    op.create_index(
        "provider_event_body", "provider_event", ["received_at"], unique=False, postgresql_where=sa.text("body <> '{}'")
    )
    op.create_table(
        "saved_method",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("display", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("mandate_reference", sa.Text(), nullable=False),
        sa.Column("mandate_date", sa.Date(), nullable=True),
        sa.Column("setup_id", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("provider_customer", sa.Text(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_by", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.Column("ask_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('setting_up', 'usable', 'needs_confirmation', 'ended')", name=op.f("ck_saved_method_state")
        ),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("fk_saved_method_connection_id_connection")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_method")),
    )
    op.create_index("saved_method_customer", "saved_method", ["customer_id"], unique=False)
    op.create_index(
        "saved_method_one_default",
        "saved_method",
        ["merchant_id", "customer_id"],
        unique=True,
        postgresql_where=sa.text("is_default"),
    )
    op.create_index(
        "saved_method_to_ask", "saved_method", ["ask_at"], unique=False, postgresql_where=sa.text("ask_at IS NOT NULL")
    )
    op.create_index(
        "saved_method_to_end",
        "saved_method",
        ["connection_id"],
        unique=False,
        postgresql_where=sa.text("state <> 'ended'"),
    )
    op.create_index(
        "saved_method_token", "saved_method", ["token"], unique=False, postgresql_where=sa.text("token <> ''")
    )
    op.create_table(
        "statement_entry",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.BigInteger(), nullable=False),
        sa.Column("part", sa.BigInteger(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("entry_minor", sa.BigInteger(), nullable=False),
        sa.Column("balance_minor", sa.BigInteger(), nullable=True),
        sa.Column("starts_minor", sa.BigInteger(), nullable=True),
        sa.Column("has_start", sa.Boolean(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("valued_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("original_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("iban", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("end_to_end_id", sa.Text(), nullable=False),
        sa.Column("return_code", sa.Text(), nullable=False),
        sa.Column("direct_debit", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("certainty", sa.Text(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(), nullable=False),
        sa.Column("shares", postgresql.JSONB(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("certainty IN ('certain', 'to_check', 'none')", name=op.f("ck_statement_entry_certainty")),
        sa.CheckConstraint(
            "state IN ('waiting', 'confirmed', 'booked', 'set_aside', 'outgoing')",
            name=op.f("ck_statement_entry_state"),
        ),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("ck_statement_entry_amount_minor")),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["bank_statement.id"], name=op.f("fk_statement_entry_statement_id_bank_statement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_entry")),
        sa.UniqueConstraint(
            "merchant_id",
            "account",
            "booked_on",
            "digest",
            "ordinal",
            "part",
            name=op.f("uq_statement_entry_merchant_id_account_booked_on_digest_ordinal_part"),
        ),
    )
    op.create_index(
        "statement_entry_confirmed",
        "statement_entry",
        ["merchant_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'confirmed'"),
    )
    op.create_index("statement_entry_day", "statement_entry", ["merchant_id", "account", "booked_on"], unique=False)
    op.create_index(
        "statement_entry_payer",
        "statement_entry",
        ["merchant_id", "iban"],
        unique=False,
        postgresql_where=sa.text("customer_id IS NOT NULL"),
    )
    op.create_index(
        "statement_entry_waiting",
        "statement_entry",
        ["merchant_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "trial_payment",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=False),
        sa.Column("redirect_url", sa.Text(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('creating', 'open', 'pending', 'succeeded', 'failed', 'ended')",
            name=op.f("ck_trial_payment_state"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_trial_payment_amount_minor")),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("fk_trial_payment_connection_id_connection")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial_payment")),
    )
    op.create_index("trial_payment_provider", "trial_payment", ["merchant_id", "provider", "created_at"], unique=False)
    op.create_table(
        "booking",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("receivable_id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("refund_id", sa.Uuid(), nullable=True),
        sa.Column("bucket", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("bucket IN ('pending', 'paid', 'refunding', 'refunded')", name=op.f("ck_booking_bucket")),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("ck_booking_amount_minor")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_booking_payment_id_payment")),
        sa.ForeignKeyConstraint(["receivable_id"], ["receivable.id"], name=op.f("fk_booking_receivable_id_receivable")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
    )
    op.create_index(
        "booking_once",
        "booking",
        ["payment_id", "cause", "bucket"],
        unique=True,
        postgresql_where=sa.text("refund_id IS NULL"),
    )
    op.create_index(
        "booking_once_per_refund",
        "booking",
        ["refund_id", "cause", "bucket"],
        unique=True,
        postgresql_where=sa.text("refund_id IS NOT NULL"),
    )
    op.create_index("booking_receivable", "booking", ["receivable_id"], unique=False)
    op.create_table(
        "checkout_part",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("checkout_id", sa.Uuid(), nullable=False),
        sa.Column("receivable_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("partial", sa.Boolean(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_checkout_part_amount_minor")),
        sa.ForeignKeyConstraint(["checkout_id"], ["checkout.id"], name=op.f("fk_checkout_part_checkout_id_checkout")),
        sa.ForeignKeyConstraint(
            ["receivable_id"], ["receivable.id"], name=op.f("fk_checkout_part_receivable_id_receivable")
        ),
        sa.PrimaryKeyConstraint("checkout_id", "receivable_id", name=op.f("pk_checkout_part")),
    )
    op.create_index(
        "checkout_part_one_live", "checkout_part", ["receivable_id"], unique=True, postgresql_where=sa.text("live")
    )
    op.create_table(
        "dispute",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("receivable_id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("provider_reference", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("taken_minor", sa.BigInteger(), nullable=False),
        sa.Column("is_inquiry", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("respond_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("page_url", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "reason IN ('fraudulent', 'unrecognised', 'not_received', 'not_as_described', 'duplicate', 'wrong_amount', 'credit_not_processed', 'subscription_cancelled', 'returned_debit', 'other')",
            name=op.f("ck_dispute_reason"),
        ),
        sa.CheckConstraint("state IN ('needs_response', 'under_review', 'won', 'lost')", name=op.f("ck_dispute_state")),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_dispute_amount_minor")),
        sa.CheckConstraint("taken_minor >= 0", name=op.f("ck_dispute_taken_minor")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_dispute_payment_id_payment")),
        sa.ForeignKeyConstraint(["receivable_id"], ["receivable.id"], name=op.f("fk_dispute_receivable_id_receivable")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
        sa.UniqueConstraint("payment_id", "provider_reference", name=op.f("uq_dispute_payment_id_provider_reference")),
    )
    op.create_index("dispute_by_merchant", "dispute", ["merchant_id", "id"], unique=False)
    op.create_table(
        "refund",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("receivable_id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("credit_note", sa.Boolean(), nullable=False),
        sa.Column("credit_minor", sa.BigInteger(), nullable=False),
        sa.Column("provider_reference", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('requested', 'succeeded', 'failed')", name=op.f("ck_refund_state")),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_refund_amount_minor")),
        sa.CheckConstraint("credit_minor >= 0", name=op.f("ck_refund_credit_minor")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_refund_payment_id_payment")),
        sa.ForeignKeyConstraint(["receivable_id"], ["receivable.id"], name=op.f("fk_refund_receivable_id_receivable")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
    )
    op.create_index(
        "refund_provider_reference",
        "refund",
        ["merchant_id", "provider_reference"],
        unique=False,
        postgresql_where=sa.text("provider_reference <> ''"),
    )
    op.create_index("refund_receivable", "refund", ["receivable_id"], unique=False)
    op.create_index("refund_to_try", "refund", ["try_at"], unique=False, postgresql_where=sa.text("try_at IS NOT NULL"))
    execute("ALTER TABLE bank_statement ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON bank_statement
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE connection ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON connection
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE customer ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON customer
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE datev_settings ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON datev_settings
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE document ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON document
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE idempotency ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON idempotency
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE incoming_payment ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON incoming_payment
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE merchant ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON merchant
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE pay_link ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON pay_link
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE payment_settings ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON payment_settings
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE receivable ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON receivable
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE sign_in ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON sign_in
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE tree_planting ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON tree_planting
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE checkout ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON checkout
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE payment ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON payment
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE payout ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON payout
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE provider_event ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON provider_event
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE saved_method ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON saved_method
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE statement_entry ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON statement_entry
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE trial_payment ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON trial_payment
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE booking ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON booking
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE checkout_part ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON checkout_part
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE dispute ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON dispute
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE refund ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON refund
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("""-- A webhook names its connection, not its merchant.
CREATE FUNCTION connection_merchant(wanted_provider text, wanted uuid) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT merchant_id FROM connection WHERE id = wanted AND provider = wanted_provider $$""")
    execute("""-- An event for all merchants of the operator's app names the merchant's account.
CREATE FUNCTION connection_of_account(wanted_provider text, wanted text) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT id FROM connection WHERE account = wanted AND provider = wanted_provider
        ORDER BY state = 'ended', id DESC LIMIT 1 $$""")
    execute("""-- Of a saved method that was deleted at the provider the event names the method alone.
CREATE FUNCTION connection_of_saved_method(wanted_provider text, wanted text) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT connection_id FROM saved_method WHERE token = wanted AND wanted <> '' AND provider = wanted_provider
        ORDER BY id DESC LIMIT 1 $$""")
    execute("""-- The checkout that such an event is about: the account may have been connected anew since, or by another merchant.
CREATE FUNCTION connection_of_checkout(wanted_provider text, wanted_account text, wanted uuid) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT c.id FROM checkout o JOIN connection c ON c.id = o.connection_id
        WHERE o.id = wanted AND c.account = wanted_account AND c.provider = wanted_provider $$""")
    execute("""-- Whether another connection, of whichever merchant, still reaches the account at the provider.
CREATE FUNCTION account_still_used(wanted_provider text, wanted_account text, besides uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM connection WHERE account = wanted_account AND provider = wanted_provider
        AND id <> besides AND credentials <> '') $$""")
    execute("CREATE POLICY lookup ON connection FOR SELECT TO CURRENT_USER USING (true)")
    execute("""CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger only grows';
END $$""")
    execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON booking FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    execute("""-- A receivable is free for another checkout as soon as the one that pays it is over.
CREATE FUNCTION follow_checkout() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE checkout_part SET live = NEW.state IN ('creating', 'open', 'requires_action', 'approved', 'ending') WHERE checkout_id = NEW.id;
    RETURN NULL;
END $$""")
    execute("""CREATE TRIGGER live_parts AFTER UPDATE OF state ON checkout FOR EACH ROW
    WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION follow_checkout()""")
    execute("CREATE POLICY lookup ON document FOR SELECT TO CURRENT_USER USING (true)")
    execute("""-- Whether a payment is parked although its document has a receivable.
CREATE FUNCTION payment_missed(one incoming_payment) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$ SELECT one.state = 'parked' AND EXISTS (
        SELECT FROM document d JOIN receivable r ON r.document_id = d.id
        WHERE r.credit_minor = 0 AND jsonb_array_length(r.repeats_document_ids) < 2 AND d.merchant_id = one.merchant_id AND one.document_number IN ('', d.number)
        AND one.document_external_id IN ('', d.external_id)) $$""")
    execute("""-- Of all merchants: payments parked though their document is there, checkouts, refunds and payouts that the job does not get done, and
-- senders who were not told of a refusal.
CREATE FUNCTION payments_stuck() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT (SELECT count(*) FROM incoming_payment i WHERE received_at < now() - interval '1 minute' AND payment_missed(i))
    + (SELECT count(*) FROM incoming_payment WHERE answer_pending AND received_at < now() - interval '1 minute')
    + (SELECT count(*) FROM checkout WHERE ask_at < now() - interval '1 minute')
    + (SELECT count(*) FROM statement_entry WHERE state = 'confirmed' AND decided_at < now() - interval '10 minutes')
    + (SELECT count(*) FROM checkout WHERE state = 'creating' AND saved_method_id IS NOT NULL AND created_at < now() - interval '1 day')
    + (SELECT count(*) FROM payout WHERE link_at < now() - interval '1 minute')
    + (SELECT count(*) FROM refund WHERE try_at < now() - interval '1 minute' OR try_at IS NOT NULL AND attempts > 3)
$$""")
    execute("CREATE POLICY lookup ON receivable FOR SELECT TO CURRENT_USER USING (true)")
    execute("""CREATE FUNCTION merchants_with_receivables() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM receivable WHERE true $$""")
    execute("CREATE POLICY lookup ON checkout FOR SELECT TO CURRENT_USER USING (true)")
    execute("""CREATE FUNCTION merchants_with_checkouts_to_ask() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM checkout WHERE ask_at <= now() $$""")
    execute("CREATE POLICY lookup ON refund FOR SELECT TO CURRENT_USER USING (true)")
    execute("""CREATE FUNCTION merchants_with_refunds_to_try() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM refund WHERE try_at <= now() $$""")
    execute("""CREATE FUNCTION merchants_with_connections() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM connection WHERE true $$""")
    execute("CREATE POLICY lookup ON merchant FOR SELECT TO CURRENT_USER USING (true)")
    execute("""CREATE FUNCTION merchants_with_stale_offers() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM merchant WHERE offer_pending $$""")
    execute("CREATE POLICY lookup ON incoming_payment FOR SELECT TO CURRENT_USER USING (true)")
    execute("""CREATE FUNCTION merchants_with_refusals_to_send() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM incoming_payment WHERE answer_pending $$""")
    execute("""CREATE FUNCTION merchants_with_missed_payments() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM incoming_payment WHERE state = 'parked' AND payment_missed(incoming_payment) $$""")
    execute("""CREATE FUNCTION merchants_by_slug(wanted text) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM merchant WHERE slug = wanted $$""")
    execute("CREATE POLICY lookup ON saved_method FOR SELECT TO CURRENT_USER USING (true)")
    execute("""CREATE FUNCTION merchants_with_methods_to_ask() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM saved_method WHERE ask_at <= now() $$""")
    execute("""CREATE FUNCTION merchants_with_remains_of_connections() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM connection WHERE state = 'ended' AND (EXISTS (SELECT FROM checkout o WHERE o.connection_id = connection.id AND o.state IN ('creating', 'open', 'requires_action', 'approved')) OR EXISTS (SELECT FROM saved_method m WHERE m.connection_id = connection.id AND m.state <> 'ended')) $$""")
    execute("CREATE POLICY lookup ON payout FOR SELECT TO CURRENT_USER USING (true)")
    execute("""CREATE FUNCTION merchants_with_payouts_to_link() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM payout WHERE link_at <= now() $$""")
    execute("CREATE POLICY lookup ON bank_statement FOR SELECT TO CURRENT_USER USING (true)")
    execute("""CREATE FUNCTION merchants_with_statements() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM bank_statement WHERE true $$""")
    execute("CREATE POLICY lookup ON statement_entry FOR SELECT TO CURRENT_USER USING (true)")
    execute("""CREATE FUNCTION merchants_with_entries_to_propose() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM statement_entry WHERE state = 'waiting' AND proposed_at IS NULL $$""")
    execute("""CREATE FUNCTION merchants_with_confirmed_entries() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM statement_entry WHERE state = 'confirmed' $$""")
    execute("CREATE POLICY lookup ON tree_planting FOR SELECT TO CURRENT_USER USING (true)")
    execute("""CREATE FUNCTION merchants_with_trees() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM tree_planting WHERE enabled $$""")
    execute("CREATE POLICY lookup ON provider_event FOR SELECT TO CURRENT_USER USING (true)")
    execute("""CREATE FUNCTION merchants_with_old_webhooks() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM provider_event WHERE received_at < now() - interval '14 days' AND body <> '{}' $$""")

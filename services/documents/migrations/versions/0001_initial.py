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
        "customer",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("vat_id", sa.Text(), nullable=False),
        sa.Column("emails", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
    )
    op.create_index("customer_by_email", "customer", ["emails"], unique=False, postgresql_using="gin")
    op.create_index(
        "customer_by_number",
        "customer",
        ["merchant_id", "number"],
        unique=True,
        postgresql_where=sa.text("NOT deleted"),
    )
    op.create_index(
        "customer_by_vat_id",
        "customer",
        ["merchant_id", "vat_id"],
        unique=False,
        postgresql_where=sa.text("vat_id <> '' AND NOT deleted"),
    )
    op.create_table(
        "document",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_sha256", sa.Text(), nullable=False),
        sa.Column("rendered", sa.Boolean(), nullable=False),
        sa.Column("draft", sa.Boolean(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("produced", sa.Boolean(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("customer_number", sa.Text(), nullable=False),
        sa.Column("suggested_customer_id", sa.Uuid(), nullable=True),
        sa.Column("buyer_name", sa.Text(), nullable=False),
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("issue_date", sa.Date(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("gross_minor", sa.BigInteger(), nullable=False),
        sa.Column("prepaid_minor", sa.BigInteger(), nullable=False),
        sa.Column("amount_due_minor", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("report_sha256", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("decision", postgresql.JSONB(), nullable=True),
        sa.Column("selection", postgresql.JSONB(), nullable=True),
        sa.Column("order_confirmation_id", sa.Uuid(), nullable=True),
        sa.Column("evidence_attached", sa.Boolean(), nullable=False),
        sa.Column("finish_after", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_minor", sa.BigInteger(), nullable=False),
        sa.Column("request", postgresql.JSONB(), nullable=True),
        sa.Column("moments", postgresql.JSONB(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column("issues", postgresql.JSONB(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('', 'promised', 'accepted', 'declined', 'expired', 'superseded')",
            name=op.f("ck_document_outcome"),
        ),
        sa.CheckConstraint("state IN ('waiting', 'shared', 'withdrawn', 'cancelled')", name=op.f("ck_document_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    op.create_index("document_by_content", "document", ["merchant_id", "content_sha256"], unique=False)
    op.create_index("document_by_customer", "document", ["merchant_id", "customer_id"], unique=False)
    op.create_index("document_by_customer_number", "document", ["merchant_id", "customer_number"], unique=False)
    op.create_index("document_by_external_id", "document", ["merchant_id", "external_id"], unique=True)
    op.create_index(
        "document_by_number",
        "document",
        ["merchant_id", "type", "number"],
        unique=True,
        postgresql_where=sa.text("number <> '' AND state IN ('waiting', 'shared')"),
    )
    op.create_index("document_by_thread", "document", ["merchant_id", "thread_id"], unique=False)
    op.create_index("document_by_used_number", "document", ["merchant_id", "type", "number"], unique=False)
    op.create_index(
        "document_undecided",
        "document",
        ["merchant_id", "valid_until"],
        unique=False,
        postgresql_where=sa.text("type = 'quote' AND state = 'shared' AND outcome IN ('', 'promised')"),
    )
    op.create_index(
        "document_unfinished",
        "document",
        ["merchant_id"],
        unique=False,
        postgresql_where=sa.text("outcome = 'accepted' AND (order_confirmation_id IS NULL OR NOT evidence_attached)"),
    )
    op.create_index(
        "document_waiting",
        "document",
        ["merchant_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
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
        "merchant",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("merchant_id", name=op.f("pk_merchant")),
    )
    op.create_index("merchant_by_slug", "merchant", ["slug"], unique=False)
    op.create_table(
        "number_range",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("merchant_id", "type", "year", name=op.f("pk_number_range")),
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
        "quote_file",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("uploaded_by", sa.Text(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_file")),
    )
    op.create_index("quote_file_by_hash", "quote_file", ["merchant_id", "sha256"], unique=False)
    op.create_index("quote_file_by_time", "quote_file", ["uploaded_at"], unique=False)
    op.create_table(
        "quote_template",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("valid_days", sa.BigInteger(), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_template")),
    )
    op.create_index(
        "quote_template_by_name", "quote_template", ["merchant_id", sa.literal_column("lower(name)")], unique=True
    )
    op.create_table(
        "refund_to_credit",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("credit_minor", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("refunded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_to_credit")),
    )
    op.create_index(
        "refund_to_credit_due",
        "refund_to_credit",
        ["merchant_id", "try_at"],
        unique=False,
        postgresql_where=sa.text("try_at IS NOT NULL"),
    )
    op.create_table(
        "staff_member",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("function", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("picture_sha256", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_member")),
    )
    op.create_index("staff_member_by_email", "staff_member", ["merchant_id", "email"], unique=False)
    op.create_table(
        "standing_document",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("document_types", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.CheckConstraint("language IN ('de', 'en')", name=op.f("ck_standing_document_language")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_document")),
    )
    op.create_table(
        "submission",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("submitted_by", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=True),
        sa.Column("data_sha256", sa.Text(), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("error", postgresql.JSONB(), nullable=True),
        sa.Column("replaced", sa.Boolean(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status IN ('processed', 'rejected')", name=op.f("ck_submission_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
    )
    op.create_index("submission_by_merchant", "submission", ["merchant_id", sa.literal_column("id DESC")], unique=False)
    op.create_table(
        "to_settle",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("try_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_to_settle")),
    )
    op.create_table(
        "acceptance_evidence",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("record", postgresql.JSONB(), nullable=False),
        sa.Column("signature", postgresql.JSONB(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_acceptance_evidence_document_id_document")
        ),
        sa.PrimaryKeyConstraint("document_id", "number", name=op.f("pk_acceptance_evidence")),
    )
    op.create_table(
        "comment",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("author_kind", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.CheckConstraint("author_kind IN ('customer', 'staff', 'system')", name=op.f("ck_comment_author_kind")),
        sa.CheckConstraint("source IN ('portal', 'admin', 'http', 'bus', 'mail')", name=op.f("ck_comment_source")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_comment_document_id_document")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
    )
    op.create_index("comment_by_author", "comment", ["merchant_id", "author", "created_at"], unique=False)
    op.create_index("comment_by_document", "comment", ["document_id", "number"], unique=True)
    op.create_index(
        "comment_unanswered",
        "comment",
        ["document_id"],
        unique=False,
        postgresql_where=sa.text("answered_at IS NULL AND author_kind = 'customer' AND NOT deleted"),
    )
    op.create_index(
        "comment_unread",
        "comment",
        ["document_id"],
        unique=False,
        postgresql_where=sa.text("read_at IS NULL AND NOT deleted"),
    )
    op.create_table(
        "document_file",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "role IN ('pdf', 'xml', 'xrechnung', 'en16931', 'attachment', 'evidence')",
            name=op.f("ck_document_file_role"),
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_document_file_document_id_document"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_file")),
    )
    op.create_index("document_file_by_document", "document_file", ["document_id", "position"], unique=False)
    op.create_index("document_file_by_hash", "document_file", ["merchant_id", "sha256"], unique=False)
    op.create_table(
        "document_reference",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["document.id"],
            name=op.f("fk_document_reference_document_id_document"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("document_id", "kind", "number", name=op.f("pk_document_reference")),
    )
    op.create_index("document_reference_by_number", "document_reference", ["merchant_id", "number"], unique=False)
    op.create_table(
        "document_revision",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("pdf_sha256", sa.Text(), nullable=True),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_document_revision_document_id_document")
        ),
        sa.PrimaryKeyConstraint("document_id", "revision", name=op.f("pk_document_revision")),
    )
    op.create_index(
        "document_revision_by_content", "document_revision", ["merchant_id", "content_sha256"], unique=False
    )
    op.create_table(
        "history_entry",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("actor_salt", sa.Text(), nullable=False),
        sa.Column("actor_sha256", sa.Text(), nullable=False),
        sa.Column("detail", postgresql.JSONB(), nullable=False),
        sa.Column("previous_sha256", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_history_entry_document_id_document")),
        sa.PrimaryKeyConstraint("document_id", "number", name=op.f("pk_history_entry")),
    )
    op.create_table(
        "note",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_note_document_id_document")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
    )
    op.create_index("note_by_document", "note", ["document_id", "id"], unique=False)
    op.create_table(
        "read_mark",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("reader_name", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("comment_number", sa.BigInteger(), nullable=False),
        sa.Column("first_read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_read_mark_document_id_document")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_read_mark")),
    )
    op.create_index("read_mark_by_reader", "read_mark", ["document_id", "reader"], unique=True)
    op.create_table(
        "standing_document_version",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("standing_document_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("consent", sa.Boolean(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('terms', 'withdrawal', 'warranty', 'other')", name=op.f("ck_standing_document_version_kind")
        ),
        sa.CheckConstraint(
            "media_type IN ('application/pdf', 'text/plain')", name=op.f("ck_standing_document_version_media_type")
        ),
        sa.ForeignKeyConstraint(
            ["standing_document_id"],
            ["standing_document.id"],
            name=op.f("fk_standing_document_version_standing_document_id_standing_document"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_document_version")),
        sa.UniqueConstraint(
            "standing_document_id", "number", name=op.f("uq_standing_document_version_standing_document_id_number")
        ),
    )
    op.create_index("standing_document_version_by_merchant", "standing_document_version", ["merchant_id"], unique=False)
    op.create_table(
        "comment_file",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("comment_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("uploaded_by", sa.Text(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_comment_file_comment_id_comment")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_comment_file_document_id_document")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment_file")),
    )
    op.create_index("comment_file_by_comment", "comment_file", ["comment_id", "position"], unique=False)
    op.create_index(
        "comment_file_unused",
        "comment_file",
        ["uploaded_at"],
        unique=False,
        postgresql_where=sa.text("comment_id IS NULL"),
    )
    execute("ALTER TABLE customer ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON customer
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
    execute("ALTER TABLE merchant ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON merchant
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE number_range ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON number_range
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE quote_file ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON quote_file
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE quote_template ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON quote_template
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE refund_to_credit ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON refund_to_credit
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE staff_member ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON staff_member
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE standing_document ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON standing_document
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE submission ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON submission
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE to_settle ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON to_settle
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE acceptance_evidence ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON acceptance_evidence
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE comment ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON comment
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE document_file ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON document_file
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE document_reference ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON document_reference
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE document_revision ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON document_revision
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE history_entry ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON history_entry
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE note ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON note
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE read_mark ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON read_mark
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE standing_document_version ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON standing_document_version
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE comment_file ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON comment_file
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("""CREATE FUNCTION history_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'actor' - 'actor_salt' = to_jsonb(OLD) - 'actor' - 'actor_salt' THEN
        RETURN NEW; -- a person was erased
    END IF;
    RAISE EXCEPTION 'history is append-only';
END $$""")
    execute("""CREATE TRIGGER history_is_append_only BEFORE UPDATE OR DELETE ON history_entry
    FOR EACH ROW EXECUTE FUNCTION history_is_append_only()""")
    execute("""-- Of all merchants: what has waited for a minute without having been looked at, or could not be made; refunds whose credit note
-- could not be made.
CREATE FUNCTION documents_stuck() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT (SELECT count(*) FROM document WHERE state = 'waiting'
    AND (NOT settled AND received_at < now() - interval '1 minute' OR issues @> '[{"code": "not_made"}]'))
    + (SELECT count(*) FROM refund_to_credit WHERE try_at IS NOT NULL AND attempts > 2)
$$""")
    execute("""CREATE FUNCTION evidence_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'evidence is append-only';
END $$""")
    execute("""CREATE TRIGGER evidence_is_append_only BEFORE UPDATE OR DELETE ON acceptance_evidence
    FOR EACH ROW EXECUTE FUNCTION evidence_is_append_only()""")
    execute("CREATE POLICY lookup ON submission FOR SELECT TO CURRENT_USER USING (true)")
    execute("""CREATE FUNCTION merchants_with_documents() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM submission WHERE true $$""")
    execute("CREATE POLICY lookup ON standing_document FOR SELECT TO CURRENT_USER USING (true)")
    execute("""CREATE FUNCTION merchants_with_standing_documents() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM standing_document WHERE true $$""")
    execute("CREATE POLICY lookup ON to_settle FOR SELECT TO CURRENT_USER USING (true)")
    execute("""CREATE FUNCTION merchants_to_settle() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM to_settle WHERE try_at <= now() $$""")
    execute("CREATE POLICY lookup ON customer FOR SELECT TO CURRENT_USER USING (true)")
    execute("CREATE POLICY lookup ON document FOR SELECT TO CURRENT_USER USING (true)")
    execute("""CREATE FUNCTION merchants_with_missed_customers() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM document WHERE state = 'waiting' AND customer_id IS NULL AND EXISTS (
        SELECT FROM customer WHERE NOT customer.deleted
        AND (customer.merchant_id, customer.number) = (document.merchant_id, document.customer_number)) $$""")
    execute("""CREATE FUNCTION merchants_with_past_quotes(day date) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM document WHERE type = 'quote' AND state = 'shared' AND outcome IN ('', 'promised') AND valid_until < day $$""")
    execute("""CREATE FUNCTION merchants_with_unfinished_quotes() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM document WHERE outcome = 'accepted' AND state = 'shared' AND (order_confirmation_id IS NULL OR NOT evidence_attached)
        AND (finish_after IS NULL OR finish_after <= now()) $$""")
    execute("CREATE POLICY lookup ON merchant FOR SELECT TO CURRENT_USER USING (true)")
    execute("""CREATE FUNCTION merchants_by_slug(wanted text) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM merchant WHERE slug = wanted $$""")
    execute("CREATE POLICY lookup ON comment_file FOR SELECT TO CURRENT_USER USING (true)")
    execute("""CREATE FUNCTION merchants_with_unused_comment_files() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM comment_file WHERE comment_id IS NULL AND uploaded_at < now() - interval '1 day' $$""")
    execute("CREATE POLICY lookup ON quote_file FOR SELECT TO CURRENT_USER USING (true)")
    execute("""CREATE FUNCTION merchants_with_old_quote_files() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM quote_file WHERE uploaded_at < now() - interval '1 day' $$""")
    execute("CREATE POLICY lookup ON refund_to_credit FOR SELECT TO CURRENT_USER USING (true)")
    execute("""CREATE FUNCTION merchants_with_refunds_to_credit() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM refund_to_credit WHERE try_at <= now() $$""")

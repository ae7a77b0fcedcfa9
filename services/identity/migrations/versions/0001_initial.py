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
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("logo_sha256", sa.Text(), nullable=False),
        sa.Column("logo_media_type", sa.Text(), nullable=False),
        sa.Column("logo_shown", sa.Boolean(), nullable=False),
        sa.Column("accent_color", sa.Text(), nullable=False),
        sa.Column("contact_email", sa.Text(), nullable=False),
        sa.Column("contact_phone", sa.Text(), nullable=False),
        sa.Column("portal_enabled", sa.Boolean(), nullable=False),
        sa.Column("document_types", postgresql.JSONB(), nullable=False),
        sa.Column("automatic_release", sa.Boolean(), nullable=False),
        sa.Column("mail_attaches_files", sa.Boolean(), nullable=False),
        sa.Column("portal_access_default", sa.Boolean(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("address", postgresql.JSONB(), nullable=False),
        sa.Column("vat_id", sa.Text(), nullable=False),
        sa.Column("tax_number", sa.Text(), nullable=False),
        sa.Column("register_entry", sa.Text(), nullable=False),
        sa.Column("iban", sa.Text(), nullable=False),
        sa.Column("bic", sa.Text(), nullable=False),
        sa.Column("account_holder", sa.Text(), nullable=False),
        sa.Column("further_ibans", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("mail_from_name", sa.Text(), nullable=False),
        sa.Column("mail_reply_to", sa.Text(), nullable=False),
        sa.Column("password_reset_enabled", sa.Boolean(), nullable=False),
        sa.Column("payments_enabled", sa.Boolean(), nullable=False),
        sa.Column("legal_form_note", sa.Text(), nullable=False),
        sa.Column("trading_names", sa.Text(), nullable=False),
        sa.Column("payment_days", sa.BigInteger(), nullable=False),
        sa.Column("discount_days", sa.BigInteger(), nullable=False),
        sa.Column("discount_percent", sa.Text(), nullable=False),
        sa.Column("decline_reasons", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("expiry_reminder_days", sa.BigInteger(), nullable=False),
        sa.Column("document_view", sa.Text(), nullable=False),
        sa.Column("texts_reviewed_on", sa.Date(), nullable=True),
        sa.Column("receipt_cashier", sa.Text(), nullable=False),
        sa.Column("footer_links", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("document_view IN ('data', 'pdf')", name=op.f("ck_merchant_document_view")),
        sa.CheckConstraint("receipt_cashier IN ('name', 'reference')", name=op.f("ck_merchant_receipt_cashier")),
        sa.CheckConstraint("merchant_id = id", name=op.f("ck_merchant_merchant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merchant")),
        sa.UniqueConstraint("slug", name="uq_merchant_slug"),
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
        "rate_limit",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("tokens", sa.Float(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rate_limit")),
        prefixes=["UNLOGGED"],
    )
    op.create_table(
        "server_key",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_server_key")),
    )
    op.create_table(
        "api_key",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_api_key_merchant_id_merchant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("hash", name=op.f("uq_api_key_hash")),
    )
    op.create_index("ix_api_key_merchant_id", "api_key", ["merchant_id"], unique=False)
    op.create_table(
        "capability_link",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_capability_link_merchant_id_merchant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capability_link")),
        sa.UniqueConstraint("merchant_id", "resource", name="uq_capability_link_resource"),
    )
    op.create_table(
        "customer",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("address", postgresql.JSONB(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("vat_id", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("roles", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("portal_access", sa.Text(), nullable=False),
        sa.Column("mail_mode", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('business', 'consumer')", name=op.f("ck_customer_kind")),
        sa.CheckConstraint("mail_mode IN ('default', 'link', 'link_and_files')", name=op.f("ck_customer_mail_mode")),
        sa.CheckConstraint("portal_access IN ('default', 'on', 'off')", name=op.f("ck_customer_portal_access")),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_customer_merchant_id_merchant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
        sa.UniqueConstraint("merchant_id", "number", name="uq_customer_number"),
    )
    op.create_index("ix_customer_email", "customer", ["merchant_id", "email"], unique=False)
    op.create_table(
        "logo",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_logo_merchant_id_merchant")),
        sa.PrimaryKeyConstraint("merchant_id", "sha256", name=op.f("pk_logo")),
    )
    op.create_index("ix_logo_sha256", "logo", ["sha256"], unique=False)
    op.create_table(
        "portal_user",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_portal_user_merchant_id_merchant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_user")),
        sa.UniqueConstraint("merchant_id", "email", name=op.f("uq_portal_user_merchant_id_email")),
    )
    op.create_table(
        "security_event",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("ip", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_security_event_merchant_id_merchant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_security_event")),
    )
    op.create_index("ix_security_event_merchant_id", "security_event", ["merchant_id", "id"], unique=False)
    op.create_table(
        "staff",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("function", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("picture_sha256", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('owner', 'sales', 'accounting', 'support', 'read_only')", name=op.f("ck_staff_role")
        ),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_staff_merchant_id_merchant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("email", "merchant_id", name="uq_staff_email"),
    )
    op.create_index("ix_staff_merchant_id", "staff", ["merchant_id"], unique=False)
    op.create_table(
        "contact",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("function", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("gets_quotes", sa.Boolean(), nullable=False),
        sa.Column("gets_invoices", sa.Boolean(), nullable=False),
        sa.Column("gets_reminders", sa.Boolean(), nullable=False),
        sa.Column("may_accept", sa.Boolean(), nullable=False),
        sa.Column("document_types", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("access", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("access <> 'active' OR user_id IS NOT NULL", name=op.f("ck_contact_active")),
        sa.CheckConstraint("access IN ('none', 'invited', 'active', 'revoked')", name=op.f("ck_contact_access")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_contact_customer_id_customer")),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_contact_merchant_id_merchant")),
        sa.ForeignKeyConstraint(["user_id"], ["portal_user.id"], name=op.f("fk_contact_user_id_portal_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    op.create_index("ix_contact_customer_id", "contact", ["customer_id"], unique=False)
    op.create_index("ix_contact_email", "contact", ["merchant_id", "email"], unique=False)
    op.create_index(
        "ix_contact_user_id", "contact", ["user_id"], unique=False, postgresql_where=sa.text("user_id IS NOT NULL")
    )
    op.create_index(
        "uq_contact_email", "contact", ["customer_id", "email"], unique=True, postgresql_where=sa.text("email <> ''")
    )
    op.create_table(
        "customer_number",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_customer_number_customer_id_customer")),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_customer_number_merchant_id_merchant")),
        sa.PrimaryKeyConstraint("merchant_id", "number", name=op.f("pk_customer_number")),
    )
    op.create_table(
        "link",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_link_contact_id_contact")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_link_customer_id_customer")),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_link_merchant_id_merchant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link")),
        sa.UniqueConstraint(
            "customer_id", "document_id", "contact_id", name="uq_link_target", postgresql_nulls_not_distinct=True
        ),
    )
    op.create_index("ix_link_merchant_id", "link", ["merchant_id"], unique=False)
    op.create_table(
        "challenge",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("link_id", sa.Uuid(), nullable=True),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('password_reset', 'login_code', 'document_link', 'invitation', 'preview')",
            name=op.f("ck_challenge_kind"),
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_challenge_contact_id_contact")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_challenge_customer_id_customer")),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name=op.f("fk_challenge_link_id_link")),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_challenge_merchant_id_merchant")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_challenge_staff_id_staff")),
        sa.ForeignKeyConstraint(["user_id"], ["portal_user.id"], name=op.f("fk_challenge_user_id_portal_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge")),
    )
    op.create_index(
        "ix_challenge_contact_id",
        "challenge",
        ["contact_id"],
        unique=False,
        postgresql_where=sa.text("used_at IS NULL"),
    )
    op.create_index("ix_challenge_expires_at", "challenge", ["expires_at"], unique=False)
    op.create_table(
        "session",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("link_id", sa.Uuid(), nullable=True),
        sa.Column("link_generation", sa.BigInteger(), nullable=True),
        sa.Column("ip", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pushed_version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(kind = 'link') = (link_id IS NOT NULL)", name=op.f("ck_session_link")),
        sa.CheckConstraint("(kind IN ('staff', 'preview')) = (staff_id IS NOT NULL)", name=op.f("ck_session_staff")),
        sa.CheckConstraint("kind IN ('portal', 'link', 'staff', 'preview')", name=op.f("ck_session_kind")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_session_contact_id_contact")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_session_customer_id_customer")),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name=op.f("fk_session_link_id_link")),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_session_merchant_id_merchant")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_session_staff_id_staff")),
        sa.ForeignKeyConstraint(["user_id"], ["portal_user.id"], name=op.f("fk_session_user_id_portal_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("hash", name=op.f("uq_session_hash")),
    )
    op.create_index("ix_session_expires_at", "session", ["expires_at"], unique=False)
    op.create_index("ix_session_merchant_id", "session", ["merchant_id"], unique=False)
    op.create_index(
        "ix_session_to_push",
        "session",
        ["merchant_id"],
        unique=False,
        postgresql_where=sa.text("pushed_version < version"),
    )
    execute("ALTER TABLE idempotency ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON idempotency
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE merchant ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON merchant
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE api_key ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON api_key
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE capability_link ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON capability_link
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE customer ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON customer
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE logo ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON logo
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE portal_user ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON portal_user
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE security_event ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON security_event
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE staff ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON staff
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE contact ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON contact
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE customer_number ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON customer_number
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE link ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON link
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE challenge ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON challenge
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE session ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON session
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("""-- The functions run as the tables' owner, who may read across merchants. Each answers one narrow question
-- about something the caller already knows: a slug, an address, a hash or an id.
CREATE FUNCTION merchant_by_slug(p_slug text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT id FROM merchant WHERE slug = p_slug
$$""")
    execute("""CREATE FUNCTION merchants_of_staff(p_email text) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT merchant_id FROM staff WHERE email = p_email ORDER BY merchant_id
$$""")
    execute("""CREATE FUNCTION merchant_of_link(p_id uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT merchant_id FROM link WHERE id = p_id
$$""")
    execute("""CREATE FUNCTION merchant_of_challenge(p_id uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT merchant_id FROM challenge WHERE id = p_id
$$""")
    execute("""CREATE FUNCTION merchant_of_session(p_hash text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT merchant_id FROM session WHERE hash = p_hash
$$""")
    execute("""CREATE FUNCTION logo_media_type(p_sha256 text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT media_type FROM logo WHERE sha256 = p_sha256 LIMIT 1
$$""")
    execute("""CREATE FUNCTION api_key_actor(p_hash text)
RETURNS TABLE (id uuid, merchant_id uuid, name text, scopes text[], last_used_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT id, merchant_id, name, scopes, last_used_at FROM api_key
    WHERE hash = p_hash AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
$$""")
    execute("""-- Who is behind these sessions and what is granted to them at this moment. One call per command: it is planned once
-- per connection, because planning takes ten times as long as the answer. `open` are the customers somebody may act for
-- whose portal is on, `accepts` those of them for whom it may accept quotes; `sees` names the document types of each
-- customer of whom only some are seen.
CREATE FUNCTION session_actors(p_hashes text[])
RETURNS TABLE (
    hash text, id uuid, epoch bigint, version bigint, merchant_id uuid, slug text, kind text,
    staff_id uuid, user_id uuid, contact_id uuid, customer_id uuid, document_id uuid, link_id uuid,
    name text, email text, language text, role text,
    authenticated_at timestamptz, seen_at timestamptz, ends_at timestamptz, expires_at timestamptz, ended boolean,
    open uuid[], accepts uuid[], sees text
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
RETURN QUERY
SELECT s.hash, s.id, s.epoch, s.version, s.merchant_id, m.slug, s.kind,
       s.staff_id, s.user_id, s.contact_id, s.customer_id, s.document_id, s.link_id,
       COALESCE(me.name, u.name, co.name, cu.name, ''), COALESCE(me.email, u.email, s.email),
       COALESCE(me.language, u.language, co.language, cu.language, m.language), COALESCE(me.role, ''),
       GREATEST(s.created_at, s.confirmed_at), s.seen_at, s.ends_at, s.expires_at,
       s.revoked_at IS NOT NULL OR s.expires_at <= now()
           OR CASE s.kind WHEN 'staff' THEN NOT st.active WHEN 'preview' THEN NOT (st.active AND g.granted)
              ELSE NOT g.granted END,
       COALESCE(g.open, '{}'), COALESCE(g.accepts, '{}'), COALESCE(g.sees, '{}')::text
FROM session s
JOIN merchant m ON m.id = s.merchant_id
LEFT JOIN staff st ON st.id = s.staff_id
-- A preview shows what its customer sees, whose member of staff it is stands nowhere on it.
LEFT JOIN staff me ON me.id = s.staff_id AND s.kind = 'staff'
LEFT JOIN portal_user u ON u.id = s.user_id
LEFT JOIN contact co ON co.id = s.contact_id
LEFT JOIN customer cu ON cu.id = s.customer_id
CROSS JOIN LATERAL (
    SELECT count(*) > 0 AS granted,
           array_agg(c.id ORDER BY c.id) FILTER (WHERE portal.enabled) AS open,
           array_agg(c.id ORDER BY c.id) FILTER (WHERE portal.enabled AND mine.accepts) AS accepts,
           jsonb_object_agg(c.id, mine.types) FILTER (WHERE mine.types IS NOT NULL) AS sees
    FROM (SELECT given.id,
        -- Nobody decides about quotes that they do not see.
        bool_or(given.accepts AND (given.types = '{}' OR 'quote' = ANY (given.types))) AS accepts,
        CASE WHEN bool_and(given.types <> '{}') THEN array_agg(DISTINCT seen.type) END AS types
    FROM (
        -- A login: the contacts that were granted to it.
        SELECT k.customer_id AS id, k.may_accept AS accepts, k.document_types AS types
        FROM contact k WHERE k.user_id = s.user_id AND k.access = 'active'
        UNION ALL
        -- A secret link: of this generation, not revoked, its person not revoked.
        SELECT l.customer_id, COALESCE(co.may_accept, true), COALESCE(co.document_types, '{}') FROM link l
        WHERE l.id = s.link_id AND l.generation = s.link_generation AND l.revoked_at IS NULL AND l.expires_at > now()
          AND NOT EXISTS (SELECT FROM contact k WHERE k.id = l.contact_id AND k.access = 'revoked')
        UNION ALL
        -- A mailed code: whoever still has this address, at one customer or at all of them.
        SELECT k.customer_id, k.may_accept, k.document_types FROM contact k
        WHERE s.kind = 'portal' AND s.user_id IS NULL AND k.merchant_id = s.merchant_id AND k.email = s.email
          AND k.access <> 'revoked' AND (s.customer_id IS NULL OR s.customer_id = k.customer_id)
        UNION ALL
        SELECT o.id, true, '{}' FROM customer o
        WHERE s.kind = 'portal' AND s.user_id IS NULL AND o.merchant_id = s.merchant_id AND o.email = s.email
          AND (s.customer_id IS NULL OR s.customer_id = o.id)
          -- The customer's mailbox may be that of a person, who then counts.
          AND NOT EXISTS (SELECT FROM contact k WHERE k.customer_id = o.id AND k.email = o.email)
        UNION ALL
        -- A preview by staff: as this person, or as the customer's own mailbox.
        SELECT s.customer_id, COALESCE(co.may_accept, true), COALESCE(co.document_types, '{}')
        WHERE s.kind = 'preview' AND co.access IS DISTINCT FROM 'revoked'
    ) given
    LEFT JOIN LATERAL unnest(given.types) seen (type) ON true
    GROUP BY given.id) mine
    JOIN customer c ON c.id = mine.id
    CROSS JOIN LATERAL (
        SELECT m.portal_enabled
            AND CASE c.portal_access WHEN 'on' THEN true WHEN 'off' THEN false ELSE m.portal_access_default END AS enabled
    ) portal
) g
WHERE s.hash = ANY (p_hashes);
END
$$""")
    execute("""CREATE FUNCTION resource_of_link(p_id uuid)
RETURNS TABLE (
    merchant_id uuid, slug text, portal_enabled boolean, language text, resource text, generation bigint,
    closed boolean
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT l.merchant_id, m.slug, m.portal_enabled, m.language, l.resource, l.generation,
           l.revoked_at IS NOT NULL OR l.expires_at <= now()
    FROM capability_link l JOIN merchant m ON m.id = l.merchant_id WHERE l.id = p_id
$$""")
    execute("""-- What these functions look up across merchants.
CREATE POLICY lookup ON logo FOR SELECT TO CURRENT_USER USING (true)""")
    execute("CREATE POLICY lookup ON staff FOR SELECT TO CURRENT_USER USING (true)")
    execute("CREATE POLICY lookup ON customer FOR SELECT TO CURRENT_USER USING (true)")
    execute("CREATE POLICY lookup ON contact FOR SELECT TO CURRENT_USER USING (true)")
    execute("CREATE POLICY lookup ON portal_user FOR SELECT TO CURRENT_USER USING (true)")
    execute("CREATE POLICY lookup ON link FOR SELECT TO CURRENT_USER USING (true)")
    execute("CREATE POLICY lookup ON challenge FOR SELECT TO CURRENT_USER USING (true)")
    execute("CREATE POLICY lookup ON api_key FOR SELECT TO CURRENT_USER USING (true)")
    execute("CREATE POLICY lookup ON capability_link FOR SELECT TO CURRENT_USER USING (true)")
    execute("CREATE POLICY lookup ON merchant FOR SELECT TO CURRENT_USER USING (true)")
    execute("""CREATE FUNCTION merchants() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM merchant WHERE true $$""")
    execute("CREATE POLICY lookup ON session FOR SELECT TO CURRENT_USER USING (true)")
    execute("""CREATE FUNCTION merchants_with_sessions_to_push() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM session WHERE pushed_version < version $$""")

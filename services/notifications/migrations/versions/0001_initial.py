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
        "comment_copy",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment_copy")),
    )
    op.create_index("comment_copy_document", "comment_copy", ["document_id", "number"], unique=False)
    op.create_table(
        "customer_copy",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_copy")),
    )
    op.create_table(
        "document_copy",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("open_until", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_copy")),
    )
    op.create_index(
        "document_copy_expiring",
        "document_copy",
        ["merchant_id", "open_until"],
        unique=False,
        postgresql_where=sa.text("open_until IS NOT NULL"),
    )
    op.create_index(
        "document_copy_type", "document_copy", ["merchant_id", "type", sa.literal_column("id DESC")], unique=False
    )
    op.create_table(
        "feed_event",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("merchant_id", "position", name=op.f("pk_feed_event")),
        sa.UniqueConstraint("merchant_id", "id", name=op.f("uq_feed_event_merchant_id_id")),
    )
    op.create_table(
        "feed_head",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("merchant_id", name=op.f("pk_feed_head")),
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
        "incoming_body",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("incoming_mail_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("whole_text", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("merchant_id", "incoming_mail_id", name=op.f("pk_incoming_body")),
    )
    op.create_index("incoming_body_age", "incoming_body", ["settled_at"], unique=False)
    op.create_table(
        "incoming_file",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("incoming_mail_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_as", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("merchant_id", "incoming_mail_id", "position", name=op.f("pk_incoming_file")),
    )
    op.create_table(
        "incoming_mail",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("sender_name", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("files", sa.BigInteger(), nullable=False),
        sa.Column("answers", sa.Uuid(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reason_params", postgresql.JSONB(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('received', 'open', 'delivered', 'discarded')", name=op.f("ck_incoming_mail_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_mail")),
        sa.UniqueConstraint("merchant_id", "message_id", name=op.f("uq_incoming_mail_merchant_id_message_id")),
    )
    op.create_index(
        "incoming_mail_due",
        "incoming_mail",
        ["next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("state = 'received'"),
    )
    op.create_table(
        "mail",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("document_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("reference_id", sa.Uuid(), nullable=True),
        sa.Column("data", postgresql.JSONB(), nullable=True),
        sa.Column("own_subject", sa.Text(), nullable=False),
        sa.Column("own_text", sa.Text(), nullable=False),
        sa.Column("lane", sa.BigInteger(), nullable=False),
        sa.Column("collecting", sa.Boolean(), nullable=False),
        sa.Column("collects", sa.Text(), nullable=False),
        sa.Column("renew_links", sa.Boolean(), nullable=False),
        sa.Column("resend_of", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("error_params", postgresql.JSONB(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'sent', 'failed', 'bounced', 'suppressed')", name=op.f("ck_mail_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint("message_id", name=op.f("uq_mail_message_id")),
    )
    op.create_index(
        "mail_collecting",
        "mail",
        ["merchant_id", "customer_id", "recipient", "collects"],
        unique=True,
        postgresql_where=sa.text("collecting AND state = 'queued'"),
    )
    op.create_index(
        "mail_due", "mail", ["lane", "next_attempt_at"], unique=False, postgresql_where=sa.text("state = 'queued'")
    )
    op.create_index("mail_log", "mail", ["merchant_id", sa.literal_column("created_at DESC")], unique=False)
    op.create_table(
        "mail_body",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("mail_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("merchant_id", "mail_id", name=op.f("pk_mail_body")),
    )
    op.create_index("mail_body_age", "mail_body", ["created_at"], unique=False)
    op.create_table(
        "merchant_copy",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merchant_copy")),
    )
    op.create_index("merchant_copy_slug", "merchant_copy", ["slug"], unique=False)
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
        "reading_invitation_copy",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_invitation_copy")),
    )
    op.create_table(
        "receivable_copy",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receivable_copy")),
    )
    op.create_index("receivable_copy_document", "receivable_copy", ["document_id"], unique=False)
    op.create_table(
        "reminder",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("merchant_id", "kind", "about", name=op.f("pk_reminder")),
    )
    op.create_table(
        "staff_member_copy",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_member_copy")),
    )
    op.create_table(
        "standing_document_copy",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_document_copy")),
    )
    op.create_table(
        "template",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint("language IN ('de', 'en')", name=op.f("ck_template_language")),
        sa.PrimaryKeyConstraint("merchant_id", "kind", "language", name=op.f("pk_template")),
    )
    op.create_table(
        "text_block",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("preferred", sa.Boolean(), nullable=False),
        sa.CheckConstraint("language IN ('de', 'en')", name=op.f("ck_text_block_language")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_block")),
        sa.UniqueConstraint(
            "merchant_id", "kind", "language", "name", name=op.f("uq_text_block_merchant_id_kind_language_name")
        ),
    )
    op.create_index(
        "text_block_preferred",
        "text_block",
        ["merchant_id", "kind", "language"],
        unique=True,
        postgresql_where=sa.text("preferred"),
    )
    execute("ALTER TABLE comment_copy ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON comment_copy
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE customer_copy ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON customer_copy
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE document_copy ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON document_copy
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE feed_event ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON feed_event
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE feed_head ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON feed_head
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE idempotency ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON idempotency
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE incoming_body ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON incoming_body
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE incoming_file ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON incoming_file
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE incoming_mail ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON incoming_mail
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE mail ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON mail
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE mail_body ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON mail_body
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE merchant_copy ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON merchant_copy
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE reading_invitation_copy ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON reading_invitation_copy
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE receivable_copy ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON receivable_copy
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE reminder ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON reminder
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE staff_member_copy ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON staff_member_copy
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE standing_document_copy ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON standing_document_copy
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE template ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON template
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE text_block ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON text_block
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("""-- Of all merchants: mails that nobody sends, or that do not go out after several attempts.
CREATE FUNCTION mails_stuck() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*) FROM mail WHERE state = 'queued' AND (next_attempt_at < now() - interval '10 minutes' OR attempts > 4)
$$""")
    execute("""-- Of all merchants: mails that came in and do not become the comment they are meant to be.
CREATE FUNCTION incoming_mails_stuck() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*) FROM incoming_mail WHERE state = 'received'
    AND (next_attempt_at < now() - interval '10 minutes' OR attempts > 4)
$$""")
    execute("CREATE POLICY lookup ON mail FOR SELECT TO CURRENT_USER USING (true)")
    execute("""CREATE FUNCTION merchants_with_due_mails() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM mail WHERE state = 'queued' AND next_attempt_at <= now() $$""")
    execute("""CREATE FUNCTION merchants_with_urgent_mails() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM mail WHERE state = 'queued' AND next_attempt_at <= now() AND lane = 0 $$""")
    execute("CREATE POLICY lookup ON mail_body FOR SELECT TO CURRENT_USER USING (true)")
    execute("""CREATE FUNCTION merchants_with_old_bodies() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM mail_body WHERE created_at < now() - interval '14 days' $$""")
    execute("CREATE POLICY lookup ON merchant_copy FOR SELECT TO CURRENT_USER USING (true)")
    execute("""CREATE FUNCTION merchants() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM merchant_copy WHERE true $$""")
    execute("""CREATE FUNCTION merchant_of_mail(asked uuid) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM mail WHERE id = asked $$""")
    execute("""CREATE FUNCTION merchant_of_slug(asked text) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM merchant_copy WHERE slug = asked AND NOT deleted $$""")
    execute("CREATE POLICY lookup ON incoming_mail FOR SELECT TO CURRENT_USER USING (true)")
    execute("""CREATE FUNCTION merchants_with_incoming_mails() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM incoming_mail WHERE state = 'received' AND next_attempt_at <= now() $$""")
    execute("CREATE POLICY lookup ON incoming_body FOR SELECT TO CURRENT_USER USING (true)")
    execute("""CREATE FUNCTION merchants_with_old_incoming_bodies() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM incoming_body WHERE settled_at < now() - interval '14 days' $$""")

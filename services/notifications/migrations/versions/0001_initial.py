"""Mails, templates, the events feed, and the copies of what mails are about."""

from alembic import op

from kontor_service.migrations import infrastructure, merchant_lister, tenant_table

revision = "0001"
down_revision = None

COPIES = ("merchant_copy", "customer_copy", "document_copy", "receivable_copy")


def upgrade() -> None:
    infrastructure(op)
    mails()
    templates()
    feed()
    copies()


def mails() -> None:
    op.execute(
        """
        CREATE TABLE mail (
            id uuid PRIMARY KEY,
            merchant_id uuid NOT NULL,
            epoch integer NOT NULL DEFAULT 1,
            version integer NOT NULL DEFAULT 1,
            kind text NOT NULL,
            recipient text NOT NULL,
            name text NOT NULL,
            language text NOT NULL,
            customer_id uuid,
            contact_id uuid,
            document_ids uuid[] NOT NULL,
            document_number text NOT NULL,
            reference_id uuid,
            data jsonb,
            own_subject text NOT NULL,
            own_text text NOT NULL,
            lane smallint NOT NULL,
            collecting boolean NOT NULL,
            renew_links boolean NOT NULL,
            resend_of uuid,
            state text NOT NULL CHECK (state IN ('queued', 'sent', 'failed', 'bounced', 'suppressed')),
            attempts integer NOT NULL,
            error text NOT NULL,
            subject text NOT NULL,
            message_id text NOT NULL UNIQUE,
            created_at timestamptz NOT NULL,
            next_attempt_at timestamptz NOT NULL,
            expires_at timestamptz,
            sent_at timestamptz
        )"""
    )
    op.execute("CREATE INDEX mail_log ON mail (merchant_id, created_at DESC)")
    op.execute("CREATE INDEX mail_due ON mail (lane, next_attempt_at) WHERE state = 'queued'")
    # One open envelope per recipient: what is released meanwhile is put into it (INSERT … ON CONFLICT).
    op.execute(
        "CREATE UNIQUE INDEX mail_collecting ON mail (merchant_id, customer_id, recipient)"
        " WHERE collecting AND state = 'queued'"
    )
    tenant_table(op, "mail")
    merchant_lister(op, "merchants_with_due_mails", "mail", "state = 'queued' AND next_attempt_at <= now()")
    op.execute(
        "CREATE FUNCTION merchants_with_urgent_mails() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER"
        " SET search_path = public, pg_temp AS $$ SELECT DISTINCT merchant_id FROM mail"
        " WHERE state = 'queued' AND lane = 0 AND next_attempt_at <= now() $$"
    )


def templates() -> None:
    op.execute(
        """
        CREATE TABLE template (
            id uuid PRIMARY KEY,
            merchant_id uuid NOT NULL,
            epoch integer NOT NULL DEFAULT 1,
            version integer NOT NULL DEFAULT 1,
            kind text NOT NULL,
            language text NOT NULL CHECK (language IN ('de', 'en')),
            subject text NOT NULL,
            text text NOT NULL,
            deleted boolean NOT NULL,
            UNIQUE (merchant_id, kind, language)
        )"""
    )
    tenant_table(op, "template")


def feed() -> None:
    op.execute("CREATE TABLE feed_head (merchant_id uuid PRIMARY KEY, position bigint NOT NULL)")
    op.execute(
        """
        CREATE TABLE feed_event (
            merchant_id uuid NOT NULL,
            position bigint NOT NULL,
            id uuid NOT NULL,
            type text NOT NULL,
            time timestamptz NOT NULL,
            subject text NOT NULL,
            data jsonb NOT NULL,
            PRIMARY KEY (merchant_id, position),
            UNIQUE (merchant_id, id)
        )"""
    )
    tenant_table(op, "feed_head")
    tenant_table(op, "feed_event")


def copies() -> None:
    for table in COPIES:
        op.execute(
            f"""
            CREATE TABLE {table} (
                id uuid PRIMARY KEY,
                merchant_id uuid NOT NULL,
                epoch integer NOT NULL,
                version bigint NOT NULL,
                deleted boolean NOT NULL,
                state bytea NOT NULL
            )"""
        )
        tenant_table(op, table)
    op.execute("ALTER TABLE receivable_copy ADD COLUMN document_id uuid NOT NULL")
    op.execute("CREATE INDEX receivable_copy_document ON receivable_copy (document_id)")
    # The preview takes the newest document of a type.
    op.execute("ALTER TABLE document_copy ADD COLUMN type text NOT NULL")
    op.execute("CREATE INDEX document_copy_type ON document_copy (merchant_id, type, id DESC)")
    merchant_lister(op, "merchants", "merchant_copy")

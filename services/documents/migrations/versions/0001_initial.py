"""Documents, what was handed in, files, history, numbering, and copies of merchants and customers."""

from alembic import op

from kontor_service.migrations import infrastructure, merchant_lister, tenant_table

revision = "0001"
down_revision = None

TABLES = """
CREATE TABLE merchant (
    merchant_id uuid PRIMARY KEY,
    epoch int NOT NULL,
    version bigint NOT NULL,
    slug text NOT NULL,
    state bytea NOT NULL
);
CREATE INDEX merchant_by_slug ON merchant (slug);
CREATE TABLE customer (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL,
    epoch int NOT NULL,
    version bigint NOT NULL,
    deleted boolean NOT NULL,
    number text NOT NULL,
    vat_id text NOT NULL,
    emails text[] NOT NULL,
    name text NOT NULL,
    state bytea NOT NULL
);
CREATE UNIQUE INDEX customer_by_number ON customer (merchant_id, number) WHERE NOT deleted;
CREATE INDEX customer_by_vat_id ON customer (merchant_id, vat_id) WHERE vat_id <> '' AND NOT deleted;
CREATE INDEX customer_by_email ON customer USING gin (emails);

CREATE TABLE submission (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL,
    epoch int NOT NULL,
    version bigint NOT NULL,
    status text NOT NULL CHECK (status IN ('accepted', 'processed', 'rejected')),
    source text NOT NULL,
    submitted_by text NOT NULL,
    file_name text NOT NULL,
    media_type text NOT NULL,
    file_sha256 text,
    data_sha256 text,
    document_id uuid,
    error jsonb,
    -- The customer number without which the document cannot be made yet.
    parked_for text,
    received_at timestamptz NOT NULL
);
CREATE INDEX submission_parked ON submission (merchant_id, parked_for) WHERE parked_for IS NOT NULL;
CREATE INDEX submission_by_merchant ON submission (merchant_id, id DESC);

CREATE TABLE document (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL,
    epoch int NOT NULL,
    version bigint NOT NULL,
    type text NOT NULL,
    number text NOT NULL,
    external_id text NOT NULL,
    title text NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'shared', 'withdrawn', 'cancelled')),
    source text NOT NULL,
    -- What was handed in: the same bytes again are the same document.
    source_sha256 text NOT NULL,
    rendered boolean NOT NULL,
    -- Its files are made and it has been looked at for release since it came in.
    settled boolean NOT NULL,
    customer_id uuid,
    customer_number text NOT NULL,
    suggested_customer_id uuid,
    buyer_name text NOT NULL,
    thread_id uuid NOT NULL,
    issue_date date NOT NULL,
    due_date date,
    valid_until date,
    currency text NOT NULL,
    net_minor bigint NOT NULL,
    tax_minor bigint NOT NULL,
    gross_minor bigint NOT NULL,
    prepaid_minor bigint NOT NULL,
    amount_due_minor bigint NOT NULL,
    content_sha256 text NOT NULL,
    report_sha256 text,
    facts jsonb NOT NULL,
    issues jsonb NOT NULL,
    received_at timestamptz NOT NULL,
    shared_at timestamptz,
    first_opened_at timestamptz,
    closed_at timestamptz
);
CREATE UNIQUE INDEX document_by_external_id ON document (merchant_id, external_id);
CREATE UNIQUE INDEX document_by_number ON document (merchant_id, type, number)
    WHERE number <> '' AND state IN ('waiting', 'shared');
-- Also of those that no longer stand: a number once used is not given again.
CREATE INDEX document_by_used_number ON document (merchant_id, type, number);
CREATE INDEX document_by_customer_number ON document (merchant_id, customer_number);
CREATE INDEX document_by_content ON document (merchant_id, content_sha256);
CREATE INDEX document_waiting ON document (merchant_id, id) WHERE state = 'waiting';
CREATE INDEX document_by_thread ON document (merchant_id, thread_id);
CREATE INDEX document_by_customer ON document (merchant_id, customer_id);

CREATE TABLE document_reference (
    merchant_id uuid NOT NULL,
    document_id uuid NOT NULL REFERENCES document ON DELETE CASCADE,
    kind text NOT NULL,
    number text NOT NULL,
    PRIMARY KEY (document_id, kind, number)
);
CREATE INDEX document_reference_by_number ON document_reference (merchant_id, number);

CREATE TABLE document_file (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL,
    document_id uuid NOT NULL REFERENCES document ON DELETE CASCADE,
    position int NOT NULL,
    name text NOT NULL,
    media_type text NOT NULL,
    sha256 text NOT NULL,
    size bigint NOT NULL,
    role text NOT NULL CHECK (role IN ('pdf', 'xml', 'attachment')),
    private boolean NOT NULL
);
CREATE INDEX document_file_by_document ON document_file (document_id, position);
CREATE INDEX document_file_by_hash ON document_file (merchant_id, sha256);

-- Append-only: each entry's hash covers the one before it.
CREATE TABLE history_entry (
    merchant_id uuid NOT NULL,
    document_id uuid NOT NULL REFERENCES document,
    number int NOT NULL,
    fact text NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    -- With the salt gone, the hash no longer tells who it was, and the chain still holds.
    actor_salt text NOT NULL,
    actor_sha256 text NOT NULL,
    detail jsonb NOT NULL,
    previous_sha256 text NOT NULL,
    sha256 text NOT NULL,
    PRIMARY KEY (document_id, number)
);
CREATE FUNCTION history_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'actor' - 'actor_salt' = to_jsonb(OLD) - 'actor' - 'actor_salt' THEN
        RETURN NEW; -- a person was erased
    END IF;
    RAISE EXCEPTION 'history is append-only';
END $$;
CREATE TRIGGER history_is_append_only BEFORE UPDATE OR DELETE ON history_entry
    FOR EACH ROW EXECUTE FUNCTION history_is_append_only();

CREATE TABLE number_range (
    merchant_id uuid NOT NULL,
    type text NOT NULL,
    year int NOT NULL,
    last int NOT NULL,
    PRIMARY KEY (merchant_id, type, year)
);
"""

TENANTS = (
    "merchant", "customer", "submission", "document", "document_reference", "document_file", "history_entry",
    "number_range",
)  # fmt: skip


def upgrade() -> None:
    infrastructure(op)
    for statement in _statements(TABLES):
        op.execute(statement)
    for table in TENANTS:
        tenant_table(op, table)
    merchant_lister(op, "merchants_with_documents", "submission")
    merchant_lister(op, "merchants_by_slug", "merchant", "slug = wanted", arguments="wanted text")


def _statements(script: str) -> list[str]:
    """The script's statements; function bodies stay whole."""
    found, body = [], False
    lines: list[str] = []
    for line in script.splitlines():
        lines.append(line)
        body ^= line.count("$$") % 2 == 1
        if line.rstrip().endswith(";") and not body:
            found.append("\n".join(lines))
            lines = []
    return [statement for statement in found if statement.strip()]

CREATE TABLE merchant (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL CHECK (merchant_id = id),
    epoch integer NOT NULL DEFAULT 1,
    version integer NOT NULL DEFAULT 1,
    name text NOT NULL,
    slug text NOT NULL CONSTRAINT uq_merchant_slug UNIQUE,
    logo_sha256 text NOT NULL,
    logo_media_type text NOT NULL,
    logo_shown boolean NOT NULL,
    accent_color text NOT NULL,
    contact_email text NOT NULL,
    contact_phone text NOT NULL,
    portal_enabled boolean NOT NULL,
    document_types jsonb NOT NULL,
    automatic_release boolean NOT NULL,
    mail_attaches_files boolean NOT NULL,
    portal_access_default boolean NOT NULL,
    language text NOT NULL,
    time_zone text NOT NULL,
    address jsonb NOT NULL,
    vat_id text NOT NULL,
    tax_number text NOT NULL,
    register_entry text NOT NULL,
    iban text NOT NULL,
    bic text NOT NULL,
    account_holder text NOT NULL,
    mail_from_name text NOT NULL,
    mail_reply_to text NOT NULL,
    password_reset_enabled boolean NOT NULL,
    payments_enabled boolean NOT NULL,
    legal_form_note text NOT NULL,
    footer_links jsonb NOT NULL,
    created_at timestamptz NOT NULL
)
--;
CREATE TABLE logo (
    merchant_id uuid NOT NULL REFERENCES merchant (id),
    sha256 text NOT NULL,
    media_type text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (merchant_id, sha256)
)
--;
CREATE INDEX ix_logo_sha256 ON logo (sha256)
--;
CREATE TABLE staff (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL REFERENCES merchant (id),
    email text NOT NULL CONSTRAINT uq_staff_email UNIQUE,
    name text NOT NULL,
    role text NOT NULL CHECK (role IN ('owner', 'sales', 'accounting', 'support', 'read_only')),
    language text NOT NULL,
    password_hash text,
    active boolean NOT NULL,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz
)
--;
CREATE INDEX ix_staff_merchant_id ON staff (merchant_id)
--;
CREATE TABLE customer (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL REFERENCES merchant (id),
    epoch integer NOT NULL DEFAULT 1,
    version integer NOT NULL DEFAULT 1,
    number text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('business', 'consumer')),
    address jsonb NOT NULL,
    email text NOT NULL,
    phone text NOT NULL,
    vat_id text NOT NULL,
    language text NOT NULL,
    portal_access text NOT NULL CHECK (portal_access IN ('default', 'on', 'off')),
    mail_mode text NOT NULL CHECK (mail_mode IN ('default', 'link', 'link_and_files')),
    created_at timestamptz NOT NULL,
    CONSTRAINT uq_customer_number UNIQUE (merchant_id, number)
)
--;
CREATE INDEX ix_customer_email ON customer (merchant_id, email)
--;
CREATE TABLE portal_user (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL REFERENCES merchant (id),
    email text NOT NULL,
    name text NOT NULL,
    language text NOT NULL,
    password_hash text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT uq_portal_user_email UNIQUE (merchant_id, email)
)
--;
CREATE TABLE contact (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL REFERENCES merchant (id),
    customer_id uuid NOT NULL REFERENCES customer (id),
    name text NOT NULL,
    function text NOT NULL,
    email text NOT NULL,
    phone text NOT NULL,
    language text NOT NULL,
    gets_quotes boolean NOT NULL,
    gets_invoices boolean NOT NULL,
    gets_reminders boolean NOT NULL,
    access text NOT NULL CHECK (access IN ('none', 'invited', 'active', 'revoked')),
    user_id uuid REFERENCES portal_user (id),
    invited_at timestamptz,
    last_seen_at timestamptz,
    created_at timestamptz NOT NULL,
    CHECK (access <> 'active' OR user_id IS NOT NULL)
)
--;
CREATE INDEX ix_contact_customer_id ON contact (customer_id)
--;
CREATE INDEX ix_contact_user_id ON contact (user_id) WHERE user_id IS NOT NULL
--;
CREATE INDEX ix_contact_email ON contact (merchant_id, email)
--;
CREATE UNIQUE INDEX uq_contact_email ON contact (customer_id, email) WHERE email <> ''
--;
CREATE TABLE invitation (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL REFERENCES merchant (id),
    customer_id uuid NOT NULL REFERENCES customer (id),
    contact_id uuid NOT NULL REFERENCES contact (id),
    email text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    revoked_at timestamptz
)
--;
CREATE INDEX ix_invitation_contact_id ON invitation (contact_id)
--;
CREATE TABLE link (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL REFERENCES merchant (id),
    epoch integer NOT NULL DEFAULT 1,
    version integer NOT NULL DEFAULT 1,
    customer_id uuid NOT NULL REFERENCES customer (id),
    document_id uuid,
    contact_id uuid REFERENCES contact (id),
    generation integer NOT NULL,
    revoked_at timestamptz,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    last_used_at timestamptz,
    -- One link per place and person, however many ask for it at once.
    CONSTRAINT uq_link_target UNIQUE NULLS NOT DISTINCT (customer_id, document_id, contact_id)
)
--;
CREATE INDEX ix_link_merchant_id ON link (merchant_id)
--;
CREATE TABLE session (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL REFERENCES merchant (id),
    epoch integer NOT NULL DEFAULT 1,
    version integer NOT NULL DEFAULT 1,
    hash text NOT NULL CONSTRAINT uq_session_hash UNIQUE,
    kind text NOT NULL CHECK (kind IN ('portal', 'link', 'staff')),
    email text NOT NULL,
    staff_id uuid REFERENCES staff (id),
    user_id uuid REFERENCES portal_user (id),
    contact_id uuid REFERENCES contact (id),
    customer_id uuid REFERENCES customer (id),
    document_id uuid,
    link_id uuid REFERENCES link (id),
    link_generation integer,
    ip text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    pushed_version integer NOT NULL,
    CHECK ((kind = 'staff') = (staff_id IS NOT NULL)),
    CHECK ((kind = 'link') = (link_id IS NOT NULL))
)
--;
CREATE INDEX ix_session_merchant_id ON session (merchant_id)
--;
CREATE INDEX ix_session_expires_at ON session (expires_at)
--;
CREATE INDEX ix_session_to_push ON session (merchant_id) WHERE pushed_version < version
--;
CREATE TABLE challenge (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL REFERENCES merchant (id),
    epoch integer NOT NULL DEFAULT 1,
    version integer NOT NULL DEFAULT 1,
    kind text NOT NULL CHECK (kind IN ('password_reset', 'login_code', 'document_link')),
    email text NOT NULL,
    name text NOT NULL,
    language text NOT NULL,
    staff_id uuid REFERENCES staff (id),
    user_id uuid REFERENCES portal_user (id),
    contact_id uuid REFERENCES contact (id),
    customer_id uuid REFERENCES customer (id),
    document_id uuid,
    link_id uuid REFERENCES link (id),
    key_id text NOT NULL,
    attempts integer NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
)
--;
CREATE INDEX ix_challenge_expires_at ON challenge (expires_at)
--;
CREATE TABLE api_key (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL REFERENCES merchant (id),
    epoch integer NOT NULL DEFAULT 1,
    version integer NOT NULL DEFAULT 1,
    name text NOT NULL,
    prefix text NOT NULL,
    hash text NOT NULL CONSTRAINT uq_api_key_hash UNIQUE,
    scopes text[] NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz
)
--;
CREATE INDEX ix_api_key_merchant_id ON api_key (merchant_id)
--;
CREATE TABLE server_key (
    name text PRIMARY KEY,
    secret text NOT NULL
)
--;
-- Token buckets. A crash may forget them: that costs an attacker's patience, not a promise.
CREATE UNLOGGED TABLE rate_limit (
    key text PRIMARY KEY,
    tokens double precision NOT NULL,
    updated_at timestamptz NOT NULL
)

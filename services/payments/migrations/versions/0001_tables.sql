CREATE TABLE document (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL,
    epoch integer NOT NULL,
    version bigint NOT NULL,
    deleted boolean NOT NULL,
    type text NOT NULL,
    number text NOT NULL,
    external_id text NOT NULL,
    title text NOT NULL,
    state text NOT NULL,
    customer_id uuid,
    thread_id text NOT NULL,
    issue_date date,
    due_date date,
    currency text NOT NULL,
    gross_minor bigint NOT NULL,
    amount_due_minor bigint NOT NULL,
    cash_discounts jsonb NOT NULL,
    payment_reference text NOT NULL,
    payment_means text NOT NULL,
    direct_debit_date date
)
--;
CREATE INDEX document_number ON document (merchant_id, number)
--;
CREATE INDEX document_external_id ON document (merchant_id, external_id) WHERE external_id <> ''
--;
CREATE TABLE merchant (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL,
    epoch integer NOT NULL,
    version bigint NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    language text NOT NULL,
    time_zone text NOT NULL,
    payments_enabled boolean NOT NULL,
    not_payable_types jsonb NOT NULL,
    iban text NOT NULL,
    bic text NOT NULL,
    account_holder text NOT NULL,
    offer_pending boolean NOT NULL DEFAULT false
)
--;
CREATE TABLE customer (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL,
    epoch integer NOT NULL,
    version bigint NOT NULL,
    email text NOT NULL
)
--;
CREATE TABLE payment_settings (
    merchant_id uuid PRIMARY KEY,
    transfer boolean NOT NULL,
    sandbox boolean NOT NULL,
    methods_off jsonb NOT NULL
)
--;
CREATE TABLE connection (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL,
    provider text NOT NULL,
    account text NOT NULL,
    credentials text NOT NULL,
    webhook_url text NOT NULL,
    connected_at timestamptz,
    UNIQUE (merchant_id, provider)
)
--;
CREATE TABLE receivable (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL,
    epoch integer NOT NULL,
    version bigint NOT NULL,
    document_id uuid NOT NULL,
    document_number text NOT NULL,
    document_type text NOT NULL,
    customer_id uuid,
    thread_id text NOT NULL,
    currency text NOT NULL CHECK (length(currency) = 3),
    asked_minor bigint NOT NULL CHECK (asked_minor > 0),
    cancelled boolean NOT NULL,
    due_date date,
    cash_discounts jsonb NOT NULL,
    payment_reference text NOT NULL,
    payment_means text NOT NULL,
    due_minor bigint NOT NULL CHECK (due_minor >= 0),
    pending_minor bigint NOT NULL CHECK (pending_minor >= 0),
    paid_minor bigint NOT NULL CHECK (paid_minor >= 0),
    refunded_minor bigint NOT NULL CHECK (refunded_minor >= 0),
    discount_minor bigint NOT NULL CHECK (discount_minor >= 0),
    open_minor bigint NOT NULL CHECK (open_minor >= 0),
    overpaid_minor bigint NOT NULL CHECK (overpaid_minor >= 0),
    state text NOT NULL CHECK (state IN ('open', 'on_its_way', 'partly_paid', 'paid', 'cancelled')),
    methods jsonb NOT NULL,
    offer text NOT NULL,
    paid_at timestamptz,
    last_method text NOT NULL,
    last_failure text NOT NULL,
    expected_on date,
    checkout_open boolean NOT NULL,
    UNIQUE (merchant_id, document_id)
)
--;
CREATE INDEX receivable_live ON receivable (merchant_id, id) WHERE state NOT IN ('paid', 'cancelled')
--;
CREATE TABLE payment (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL,
    epoch integer NOT NULL,
    version bigint NOT NULL,
    receivable_id uuid NOT NULL REFERENCES receivable (id),
    checkout_id uuid,
    connection_id uuid,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency text NOT NULL,
    state text NOT NULL
        CHECK (state IN ('pending', 'failed', 'succeeded', 'refund_pending', 'refunded', 'reversed', 'matched')),
    method text NOT NULL,
    provider text NOT NULL,
    provider_reference text NOT NULL,
    external_id text,
    reference text NOT NULL,
    failure text NOT NULL,
    counts_on date NOT NULL,
    charged_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    settled_at timestamptz,
    booked_by text NOT NULL,
    matched_to uuid,
    UNIQUE (merchant_id, external_id)
)
--;
CREATE UNIQUE INDEX payment_provider_reference ON payment (connection_id, provider_reference) WHERE connection_id IS NOT NULL
--;
CREATE INDEX payment_receivable ON payment (receivable_id)
--;
CREATE TABLE booking (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    merchant_id uuid NOT NULL,
    receivable_id uuid NOT NULL REFERENCES receivable (id),
    payment_id uuid NOT NULL REFERENCES payment (id),
    refund_id uuid,
    bucket text NOT NULL CHECK (bucket IN ('pending', 'paid', 'refunding', 'refunded')),
    amount_minor bigint NOT NULL CHECK (amount_minor <> 0),
    cause text NOT NULL,
    booked_at timestamptz NOT NULL
)
--;
CREATE INDEX booking_receivable ON booking (receivable_id)
--;
CREATE UNIQUE INDEX booking_once ON booking (payment_id, cause, bucket) WHERE refund_id IS NULL
--;
CREATE UNIQUE INDEX booking_once_per_refund ON booking (refund_id, cause, bucket) WHERE refund_id IS NOT NULL
--;
CREATE TABLE checkout (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL,
    receivable_id uuid NOT NULL REFERENCES receivable (id),
    document_id uuid NOT NULL,
    connection_id uuid NOT NULL REFERENCES connection (id),
    provider text NOT NULL,
    method text NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency text NOT NULL,
    state text NOT NULL
        CHECK (state IN ('creating', 'open', 'approved', 'ending', 'completed', 'expired', 'cancelled', 'failed')),
    idempotency_key text NOT NULL,
    request jsonb NOT NULL,
    provider_id text,
    redirect_url text,
    created_by text NOT NULL,
    offered_on date NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    ask_at timestamptz,
    asked integer NOT NULL,
    UNIQUE (merchant_id, idempotency_key),
    UNIQUE (connection_id, provider_id)
)
--;
CREATE UNIQUE INDEX checkout_one_live ON checkout (receivable_id) WHERE state IN ('creating', 'open', 'approved', 'ending')
--;
CREATE INDEX checkout_to_ask ON checkout (ask_at) WHERE ask_at IS NOT NULL
--;
CREATE TABLE refund (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL,
    receivable_id uuid NOT NULL REFERENCES receivable (id),
    payment_id uuid NOT NULL REFERENCES payment (id),
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    state text NOT NULL CHECK (state IN ('requested', 'succeeded', 'failed')),
    reason text NOT NULL,
    provider_reference text NOT NULL,
    created_at timestamptz NOT NULL,
    try_at timestamptz,
    attempts integer NOT NULL,
    error text NOT NULL
)
--;
CREATE INDEX refund_to_try ON refund (try_at) WHERE try_at IS NOT NULL
--;
CREATE INDEX refund_receivable ON refund (receivable_id)
--;
CREATE TABLE incoming_payment (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL,
    external_id text NOT NULL,
    fingerprint text NOT NULL,
    document_number text NOT NULL,
    document_external_id text NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency text NOT NULL,
    paid_on date NOT NULL,
    method text NOT NULL,
    reference text NOT NULL,
    state text NOT NULL CHECK (state IN ('parked', 'booked', 'refused')),
    error text NOT NULL,
    payment_id uuid,
    received_at timestamptz NOT NULL,
    received_from text NOT NULL,
    UNIQUE (merchant_id, external_id)
)
--;
CREATE INDEX incoming_payment_parked ON incoming_payment (merchant_id, document_number, document_external_id) WHERE state = 'parked'
--;
CREATE TABLE provider_event (
    merchant_id uuid NOT NULL,
    connection_id uuid NOT NULL REFERENCES connection (id),
    event_id text NOT NULL,
    type text NOT NULL,
    outcome text NOT NULL,
    body jsonb NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (connection_id, event_id)
)

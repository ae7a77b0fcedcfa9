CREATE TABLE interval_value (
    merchant_id uuid NOT NULL,
    register_id uuid NOT NULL,
    -- Of the quarter hour, an instant on the grid of 15 minutes.
    starts_at timestamptz NOT NULL,
    -- Millionths of the register's unit.
    value bigint NOT NULL CHECK (value >= 0),
    PRIMARY KEY (register_id, starts_at)
) PARTITION BY RANGE (starts_at)
--;
CREATE TABLE interval_replaced (
    merchant_id uuid NOT NULL,
    register_id uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    value bigint NOT NULL,
    replaced_at timestamptz NOT NULL DEFAULT now(),
    -- The batch that brought the value which holds now.
    batch_id uuid NOT NULL
)
--;
CREATE INDEX interval_replaced_register ON interval_replaced (register_id, starts_at)
--;
CREATE TABLE interval_day (
    merchant_id uuid NOT NULL,
    register_id uuid NOT NULL,
    -- Business date in the merchant's zone.
    day date NOT NULL,
    total bigint NOT NULL,
    count integer NOT NULL,
    PRIMARY KEY (register_id, day)
) WITH (fillfactor = 80)
--;
CREATE TABLE interval_month (
    merchant_id uuid NOT NULL,
    register_id uuid NOT NULL,
    -- The month's first day.
    month date NOT NULL,
    total bigint NOT NULL,
    count integer NOT NULL,
    PRIMARY KEY (register_id, month)
) WITH (fillfactor = 80)
--;
CREATE TABLE batch (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL,
    epoch integer NOT NULL,
    version bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('meters', 'readings', 'intervals')),
    source text NOT NULL CHECK (source IN ('csv', 'http', 'bus')),
    file_name text NOT NULL,
    state text NOT NULL CHECK (state IN ('preview', 'running', 'done', 'failed', 'dropped')),
    -- SHA-256 of what came: the same again is the same batch. A file that is uploaded twice is two batches.
    content_sha256 text NOT NULL,
    language text NOT NULL,
    total bigint NOT NULL,
    stored bigint NOT NULL,
    duplicates bigint NOT NULL,
    corrected bigint NOT NULL,
    parked bigint NOT NULL,
    refused bigint NOT NULL,
    -- So many rows of the file are done with.
    passed bigint NOT NULL,
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    started_by text NOT NULL,
    told_at timestamptz NOT NULL
)
--;
CREATE UNIQUE INDEX batch_content ON batch (merchant_id, content_sha256) WHERE source <> 'csv'
--;
CREATE INDEX batch_running ON batch (merchant_id) WHERE state = 'running'
--;
CREATE INDEX batch_by_id ON batch (merchant_id, id)
--;
-- What is to be said of single lines; lines that were simply stored are not here.
CREATE TABLE batch_line (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    merchant_id uuid NOT NULL,
    batch_id uuid NOT NULL REFERENCES batch,
    line bigint NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('stored', 'questioned', 'duplicate', 'corrected', 'parked', 'refused')),
    code text NOT NULL,
    field text NOT NULL,
    details jsonb NOT NULL
)
--;
CREATE INDEX batch_line_batch ON batch_line (batch_id, line, id)
--;
-- What waits for a meter that is not known yet.
CREATE TABLE parked_item (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL,
    batch_id uuid NOT NULL REFERENCES batch,
    line bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('reading', 'interval')),
    meter text NOT NULL,
    digest text NOT NULL,
    item jsonb NOT NULL,
    parked_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (merchant_id, digest)
)
--;
CREATE INDEX parked_item_meter ON parked_item (merchant_id, meter)

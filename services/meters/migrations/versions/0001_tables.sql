CREATE TABLE merchant (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL,
    epoch integer NOT NULL,
    version bigint NOT NULL,
    slug text NOT NULL,
    language text NOT NULL,
    time_zone text NOT NULL
)
--;
CREATE INDEX merchant_slug ON merchant (slug)
--;
CREATE TABLE customer (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL,
    epoch integer NOT NULL,
    version bigint NOT NULL,
    deleted boolean NOT NULL,
    number text NOT NULL
)
--;
CREATE INDEX customer_number ON customer (merchant_id, number)
--;
CREATE TABLE meter (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL,
    epoch integer NOT NULL,
    version bigint NOT NULL,
    deleted boolean NOT NULL,
    number text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('electricity', 'gas', 'water', 'heat')),
    market_location_id text NOT NULL,
    street text NOT NULL,
    post_code text NOT NULL,
    city text NOT NULL,
    country text NOT NULL,
    place_detail text NOT NULL,
    label text NOT NULL,
    customer_id uuid,
    customer_number text NOT NULL,
    in_use_from date NOT NULL,
    in_use_to date,
    predecessor_id uuid REFERENCES meter,
    successor_id uuid REFERENCES meter DEFERRABLE INITIALLY DEFERRED,
    point_id uuid NOT NULL,
    external_id text NOT NULL,
    CHECK (in_use_to >= in_use_from)
)
--;
CREATE UNIQUE INDEX meter_number_in_use ON meter (merchant_id, kind, number) WHERE in_use_to IS NULL AND NOT deleted
--;
CREATE INDEX meter_number ON meter (merchant_id, number)
--;
CREATE UNIQUE INDEX meter_external_id ON meter (merchant_id, external_id) WHERE external_id <> ''
--;
CREATE INDEX meter_customer ON meter (customer_id)
--;
CREATE INDEX meter_waiting ON meter (merchant_id, customer_number) WHERE customer_id IS NULL
--;
CREATE TABLE register (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL,
    meter_id uuid NOT NULL REFERENCES meter,
    position integer NOT NULL,
    obis text NOT NULL,
    direction text NOT NULL CHECK (direction IN ('consumption', 'feed_in')),
    unit text NOT NULL CHECK (unit IN ('kWh', 'MWh', 'm3', 'GJ')),
    tariff text NOT NULL CHECK (tariff IN ('single', 'high', 'low')),
    digits_before integer NOT NULL CHECK (digits_before BETWEEN 1 AND 12),
    digits_after integer NOT NULL CHECK (digits_after BETWEEN 0 AND 6),
    factor numeric NOT NULL CHECK (factor > 0),
    gas_periods jsonb NOT NULL,
    interval boolean NOT NULL,
    series_id uuid NOT NULL,
    last_value numeric,
    last_taken_at timestamptz,
    UNIQUE (meter_id, direction, tariff)
)
--;
CREATE INDEX register_series ON register (series_id)
--;
CREATE TABLE reading (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL,
    epoch integer NOT NULL,
    version bigint NOT NULL,
    meter_id uuid NOT NULL REFERENCES meter,
    register_id uuid NOT NULL REFERENCES register,
    series_id uuid NOT NULL,
    customer_id uuid,
    value numeric NOT NULL CHECK (value >= 0),
    taken_at timestamptz NOT NULL,
    reason text NOT NULL CHECK (reason IN ('regular', 'move_in', 'move_out', 'exchange', 'interim', 'final')),
    source text NOT NULL CHECK (source IN ('customer', 'staff', 'system', 'estimate')),
    state text NOT NULL CHECK (state IN ('valid', 'to_be_checked', 'implausible', 'rejected', 'replaced')),
    findings jsonb NOT NULL,
    insisted boolean NOT NULL,
    channel text NOT NULL CHECK (channel IN ('account', 'link', 'staff', 'api', 'csv', 'bus', 'estimate')),
    entered_by text NOT NULL,
    entered_at timestamptz NOT NULL,
    photo_sha256 text NOT NULL,
    external_id text NOT NULL,
    decided_by text NOT NULL,
    note text NOT NULL,
    replaced_by uuid REFERENCES reading DEFERRABLE INITIALLY DEFERRED
)
--;
CREATE UNIQUE INDEX reading_valid ON reading (register_id, taken_at) WHERE state = 'valid'
--;
CREATE INDEX reading_register ON reading (register_id, taken_at)
--;
CREATE INDEX reading_series ON reading (series_id, taken_at) WHERE state = 'valid'
--;
CREATE UNIQUE INDEX reading_external_id ON reading (merchant_id, external_id) WHERE external_id <> '' AND state <> 'replaced'
--;
CREATE INDEX reading_by_id ON reading (merchant_id, id)
--;
CREATE TABLE photo (
    merchant_id uuid NOT NULL,
    sha256 text NOT NULL,
    uploaded_by text NOT NULL,
    uploaded_at timestamptz NOT NULL,
    PRIMARY KEY (merchant_id, sha256)
)
--;
CREATE TABLE reading_request (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL,
    epoch integer NOT NULL,
    version bigint NOT NULL,
    title text NOT NULL,
    due_on date NOT NULL,
    remind_on date,
    reminded_at timestamptz,
    estimate boolean NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'closed')),
    reason text NOT NULL,
    meters integer NOT NULL,
    read integer NOT NULL,
    estimated integer NOT NULL,
    made_at timestamptz NOT NULL,
    made_by text NOT NULL
)
--;
CREATE INDEX reading_request_open ON reading_request (merchant_id) WHERE state = 'open'
--;
CREATE TABLE reading_invitation (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL,
    epoch integer NOT NULL,
    version bigint NOT NULL,
    request_id uuid NOT NULL REFERENCES reading_request,
    customer_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('invited', 'reminded', 'done', 'closed')),
    invited_at timestamptz NOT NULL,
    reminded_at timestamptz,
    done_at timestamptz
)
--;
CREATE INDEX reading_invitation_request ON reading_invitation (request_id)
--;
CREATE TABLE invited_meter (
    invitation_id uuid NOT NULL REFERENCES reading_invitation,
    meter_id uuid NOT NULL REFERENCES meter,
    merchant_id uuid NOT NULL,
    position integer NOT NULL,
    state text NOT NULL CHECK (state IN ('invited', 'read', 'estimated', 'left_out')),
    PRIMARY KEY (invitation_id, meter_id)
)
--;
CREATE INDEX invited_meter_meter ON invited_meter (meter_id)

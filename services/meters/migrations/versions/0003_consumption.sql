CREATE TABLE consumption (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL,
    epoch integer NOT NULL,
    version bigint NOT NULL,
    deleted boolean NOT NULL,
    series_id uuid NOT NULL,
    customer_id uuid,
    year integer NOT NULL,
    point_id uuid NOT NULL,
    meter_id uuid NOT NULL,
    kind text NOT NULL,
    obis text NOT NULL,
    direction text NOT NULL,
    tariff text NOT NULL,
    unit text NOT NULL CHECK (unit IN ('kWh', 'm3')),
    days bigint[] NOT NULL CHECK (array_length(days, 1) IN (365, 366)),
    bases text NOT NULL,
    months text[] NOT NULL CHECK (array_length(months, 1) = 12),
    projection jsonb,
    UNIQUE NULLS NOT DISTINCT (series_id, year, customer_id)
)
--;
CREATE INDEX consumption_by_id ON consumption (merchant_id, id)
--;
CREATE INDEX consumption_projected ON consumption (year) WHERE projection IS NOT NULL
--;
CREATE TABLE consumption_mark (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    merchant_id uuid NOT NULL,
    series_id uuid NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL,
    marked_at timestamptz NOT NULL DEFAULT now()
)
--;
CREATE INDEX consumption_mark_series ON consumption_mark (merchant_id, series_id)
--;
CREATE TABLE tenure (
    merchant_id uuid NOT NULL,
    series_id uuid NOT NULL,
    since date NOT NULL,
    customer_id uuid,
    PRIMARY KEY (series_id, since)
)

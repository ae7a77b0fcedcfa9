-- A meter of a list, with whose it is.
CREATE OR REPLACE FUNCTION _meter_entry(brief text, customer text)
RETURNS text LANGUAGE sql IMMUTABLE
RETURN '{"customer":' || coalesce(to_json(customer)::text, 'null') || ',' || substr(brief, 2);

-- A reading that somebody has to decide on, with its meter and what was read there before.
CREATE OR REPLACE FUNCTION _reading_to_check(reading json, series uuid, meter text, customer text)
RETURNS text LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT json_build_object('reading', reading, 'meter', meter::json, 'customer', customer, 'before', (
        SELECT json_agg(json_build_object('id', h.id, 'value', h.data ->> 'value', 'taken_at', h.by_time,
            'source', h.data ->> 'source') ORDER BY h.by_time DESC)
        FROM (
            SELECT v.id, v.data, v.by_time FROM reading v
            WHERE v.series_id = series AND v.state = 'valid' AND NOT v.deleted ORDER BY v.by_time DESC LIMIT 5
        ) h
    ))::text;
END;

-- For the board: what waits for a decision, what was asked of customers, files nobody has stored yet.
CREATE OR REPLACE FUNCTION _meters_board(of_merchant uuid)
RETURNS json LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT CASE WHEN x.waiting > 0 OR x.requests IS NOT NULL OR x.batches > 0 THEN row_to_json(x) END FROM (
        SELECT
            (SELECT count(*) FROM (
                SELECT FROM reading d WHERE d.merchant_id = of_merchant AND d.state IN ('to_be_checked', 'implausible')
                AND NOT d.deleted LIMIT {cap}) capped) AS waiting,
            (SELECT json_agg(t.entry::json) FROM (
                SELECT _reading_to_check(d.data, d.series_id, m.brief, c.name) AS entry
                FROM reading d JOIN meter m ON m.id = d.meter_id AND m.merchant_id = d.merchant_id
                LEFT JOIN customer c ON c.id = d.customer_id AND c.merchant_id = d.merchant_id
                WHERE d.merchant_id = of_merchant AND d.state IN ('to_be_checked', 'implausible') AND NOT d.deleted
                ORDER BY d.by_entered, d.id LIMIT 4
            ) t) AS readings,
            (SELECT json_agg(q.data ORDER BY q.by_made DESC) FROM (
                SELECT q.data, q.by_made FROM reading_request q
                WHERE q.merchant_id = of_merchant AND q.state = 'open' AND NOT q.deleted ORDER BY q.by_made DESC LIMIT 3
            ) q) AS requests,
            (SELECT count(*) FROM batch b
             WHERE b.merchant_id = of_merchant AND b.state = 'preview' AND b.source = 'csv' AND NOT b.deleted) AS batches
    ) x;
END;

-- For a customer's page; nothing at a merchant who has no meters at all.
CREATE OR REPLACE FUNCTION _meters_of_customer(of_merchant uuid, of_customer uuid)
RETURNS json LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT CASE WHEN EXISTS (SELECT FROM meter o WHERE o.merchant_id = of_merchant AND NOT o.deleted) THEN json_build_object(
        'meters', (SELECT json_agg(x.brief::json) FROM (
            SELECT m.brief FROM meter m
            WHERE m.customer_id = of_customer AND m.merchant_id = of_merchant AND NOT m.deleted
            ORDER BY m.used_to IS NOT NULL, m.by_number, m.id LIMIT 12
        ) x),
        'many', (SELECT count(*) FROM (
            SELECT FROM meter m WHERE m.customer_id = of_customer AND m.merchant_id = of_merchant AND NOT m.deleted LIMIT {cap}
        ) capped),
        'waiting', (SELECT count(*) FROM reading d
            WHERE d.merchant_id = of_merchant AND d.customer_id = of_customer AND d.state IN ('to_be_checked', 'implausible')
              AND NOT d.deleted)
    ) END;
END;

-- How many meters there are of each kind.
CREATE OR REPLACE FUNCTION _meters_by_kind(of_merchant uuid)
RETURNS json LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT json_object_agg(kind.name, kind.many) FROM (
        SELECT t.name, (SELECT count(*) FROM (
            SELECT FROM meter m WHERE m.merchant_id = of_merchant AND m.kind = t.name AND NOT m.deleted LIMIT {cap}
        ) capped) AS many
        FROM unnest(ARRAY['electricity', 'gas', 'water', 'heat']) t (name)
    ) kind WHERE kind.many > 0;
END;

-- How many readings wait for a decision, by state.
CREATE OR REPLACE FUNCTION _readings_in_doubt(of_merchant uuid)
RETURNS json LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT json_object_agg(g.state, g.many) FROM (
        SELECT d.state, count(*) AS many FROM reading d
        WHERE d.merchant_id = of_merchant AND d.state IN ('to_be_checked', 'implausible') AND NOT d.deleted GROUP BY d.state
    ) g;
END;

-- The key of the instant before which a meter was last read: never, before so many days, before a date.
CREATE OR REPLACE FUNCTION _unread_before(since text, at timestamptz)
RETURNS text LANGUAGE sql STABLE
RETURN CASE WHEN since = 'never' THEN '0' ELSE to_char(
    CASE WHEN since LIKE '%-%' THEN since::timestamp AT TIME ZONE 'Europe/Berlin' ELSE at - since::integer * interval '1 day' END
    AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') END;

-- One meter with everything around it. `chain`: all meters of this place, the first one first. `years`: its consumption.
CREATE OR REPLACE FUNCTION meter(asked_hash text, at timestamptz, asked uuid, many integer)
RETURNS TABLE (
    state text, session json, merchant json, today date, waiting json, meter json, customer json, readings json, chain json,
    years json, invitations json
)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, r.waiting, found.data, found.customer, found.readings, found.chain,
        found.years, found.invitations
    FROM _staff(asked_hash, at) r
    LEFT JOIN LATERAL (
        SELECT m.data,
            (SELECT c.data FROM customer c WHERE c.id = m.customer_id AND c.merchant_id = m.merchant_id) AS customer,
            (SELECT json_agg(t.data ORDER BY t.by_time DESC, t.by_entered DESC) FROM (
                SELECT d.data, d.by_time, d.by_entered FROM reading d
                WHERE d.meter_id = m.id AND d.merchant_id = m.merchant_id AND NOT d.deleted
                ORDER BY d.by_time DESC, d.id DESC LIMIT many + 1
            ) t) AS readings,
            (SELECT json_agg(o.brief::json ORDER BY o.used_from, o.id) FROM meter o
             WHERE o.point_id = m.point_id AND o.merchant_id = m.merchant_id AND NOT o.deleted) AS chain,
            (SELECT json_agg(s.data ORDER BY s.year DESC) FROM consumption s
             WHERE s.point_id = m.point_id AND s.merchant_id = m.merchant_id AND NOT s.deleted
               AND s.customer_id IS NOT DISTINCT FROM m.customer_id) AS years,
            (SELECT json_agg(q.entry) FROM (
                SELECT json_build_object('request', k.data, 'invitation', a.data) AS entry
                FROM reading_invitation a JOIN reading_request k ON k.id = a.request_id AND k.merchant_id = a.merchant_id
                WHERE a.customer_id = m.customer_id AND a.merchant_id = m.merchant_id AND NOT a.deleted AND k.state = 'open'
                LIMIT 5
            ) q) AS invitations
        FROM meter m
        WHERE m.id = asked AND m.merchant_id = r.merchant_id AND NOT m.deleted
    ) found ON true;
END;

-- The meters in use of a customer, or one or several named ones, for entering readings and for stickers.
CREATE OR REPLACE FUNCTION meters_chosen(asked_hash text, at timestamptz, of_customer uuid, asked uuid[], many integer)
RETURNS TABLE (state text, session json, merchant json, today date, waiting json, customer json, entries text[])
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, r.waiting,
        (SELECT c.brief::json FROM customer c WHERE c.id = of_customer AND c.merchant_id = r.merchant_id AND NOT c.deleted),
        (SELECT array_agg(x.entry) FROM (
            SELECT _meter_entry(m.brief, c.name) AS entry
            FROM meter m LEFT JOIN customer c ON c.id = m.customer_id AND c.merchant_id = m.merchant_id
            WHERE m.merchant_id = r.merchant_id AND NOT m.deleted
              AND (asked IS NULL OR m.id = ANY (asked))
              AND (of_customer IS NULL OR m.customer_id = of_customer)
              AND (asked IS NOT NULL OR m.used_to IS NULL OR m.used_to > r.today)
            ORDER BY m.by_place, m.by_number, m.id LIMIT many
        ) x)
    FROM _staff(asked_hash, at) r;
END;

-- One reading with its meter and its line, for correcting it and for its photo.
CREATE OR REPLACE FUNCTION meter_reading(asked_hash text, at timestamptz, asked uuid)
RETURNS TABLE (state text, session json, merchant json, today date, waiting json, entry text)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, r.waiting, (
        SELECT _reading_to_check(d.data, d.series_id, m.brief, c.name)
        FROM reading d JOIN meter m ON m.id = d.meter_id AND m.merchant_id = d.merchant_id
        LEFT JOIN customer c ON c.id = d.customer_id AND c.merchant_id = d.merchant_id
        WHERE d.id = asked AND d.merchant_id = r.merchant_id AND NOT d.deleted
    )
    FROM _staff(asked_hash, at) r;
END;

CREATE OR REPLACE FUNCTION meter_batch(asked_hash text, at timestamptz, asked uuid)
RETURNS TABLE (state text, session json, merchant json, today date, waiting json, batch json)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, r.waiting, (
        SELECT b.data FROM batch b WHERE b.id = asked AND b.merchant_id = r.merchant_id AND NOT b.deleted
    )
    FROM _staff(asked_hash, at) r;
END;

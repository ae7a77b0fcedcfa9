-- One meter with all that hung in its place, what was used there, and the readings. `meter` is NULL where the reader may
-- not see it, whether or not it exists. What was another customer's then stays theirs.
CREATE OR REPLACE FUNCTION meter(asked_hash text, asked_slug text, at timestamptz, asked uuid)
RETURNS TABLE (
    state text, session json, merchant json, today date, meter text, chain text[], consumption text[], readings text[],
    invitations text[], customer json
)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, found.data, found.chain, found.consumption, found.readings,
        found.invitations, found.customer
    FROM _reader(asked_hash, asked_slug, at) r
    LEFT JOIN LATERAL (
        SELECT t.data,
            (SELECT array_agg(o.data ORDER BY o.in_use_from NULLS FIRST, o.id) FROM meter o
             WHERE o.point_id = t.point_id AND o.customer_id = ANY (r.customers)) AS chain,
            (SELECT array_agg(c.data ORDER BY c.year, c.id) FROM consumption c
             WHERE c.point_id = t.point_id AND c.customer_id = ANY (r.customers)) AS consumption,
            (SELECT array_agg(x.data) FROM (
                SELECT g.data FROM reading g
                WHERE g.customer_id = ANY (r.customers)
                  AND g.meter_id IN (SELECT o.id FROM meter o WHERE o.point_id = t.point_id)
                ORDER BY g.taken_at DESC, g.id DESC LIMIT 200
            ) x) AS readings,
            (SELECT array_agg(a.data ORDER BY a.due_on, a.id) FROM reading_invitation a
             WHERE a.customer_id = t.customer_id AND cardinality(a.waiting) > 0 AND t.id = ANY (a.waiting)) AS invitations,
            (SELECT c.data FROM customer c WHERE c.id = t.customer_id) AS customer
        FROM meter t
        WHERE t.id = asked AND t.customer_id = ANY (r.customers) AND r.document_id IS NULL AND NOT t.deleted
    ) found ON true;
END;

-- What a write-only link shows, to whoever holds it: what stands on the meters, and nothing of their past.
-- `asked_aggregate`: meter, invitation. No row where the merchant is not there, `waiting`: those of which a reading is still to be entered,
-- `closed`: the portal is switched off for whose meters they are.
CREATE OR REPLACE FUNCTION linked_meters(asked_slug text, at timestamptz, asked_aggregate text, asked uuid)
RETURNS TABLE (enabled boolean, merchant json, today date, faces text[], waiting uuid[], due_on date, closed boolean)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT m.portal_enabled, m.data, (at AT TIME ZONE m.time_zone)::date,
        (SELECT array_agg(t.face ORDER BY t.by_place, t.id) FROM meter t
         WHERE t.id = ANY (wanted.meters) AND t.merchant_id = m.id AND t.listed),
        wanted.waiting, wanted.due_on,
        EXISTS (SELECT FROM meter t JOIN customer c ON c.id = t.customer_id
            WHERE t.id = ANY (wanted.meters) AND t.merchant_id = m.id
              AND (c.portal_access = 'off' OR c.portal_access <> 'on' AND NOT m.portal_access_default))
    FROM merchant m
    LEFT JOIN reading_invitation a ON asked_aggregate = 'invitation' AND a.id = asked AND a.merchant_id = m.id
    CROSS JOIN LATERAL (
        SELECT a.due_on,
            CASE asked_aggregate WHEN 'meter' THEN ARRAY[asked] WHEN 'invitation' THEN a.meters END AS meters,
            CASE asked_aggregate WHEN 'meter' THEN ARRAY[asked] WHEN 'invitation' THEN a.waiting END AS waiting
    ) wanted
    WHERE m.slug = asked_slug AND NOT m.deleted;
END

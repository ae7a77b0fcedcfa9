-- One page of what came in many at once, newest first.
CREATE OR REPLACE FUNCTION meter_batches(
    asked_hash text, at timestamptz, of_source text, after_key text, after_id uuid, many integer
)
RETURNS TABLE (
    state text, session json, merchant json, today date, waiting json, entries text[], keys text[], ids uuid[]
)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, r.waiting, page.entries, page.keys, page.ids
    FROM _staff(asked_hash, at) r
    CROSS JOIN LATERAL (
        SELECT array_agg(x.entry) AS entries, array_agg(x.key) AS keys, array_agg(x.id) AS ids FROM (
            SELECT b.by_time AS key, b.id, b.data::text AS entry FROM batch b
            WHERE b.merchant_id = r.merchant_id AND NOT b.deleted AND (of_source IS NULL OR b.source = of_source)
              AND (b.by_time, b.id) < (after_key, after_id)
            ORDER BY b.by_time DESC, b.id DESC LIMIT many + 1
        ) x
    ) page;
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

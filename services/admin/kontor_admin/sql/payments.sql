-- One page of all bookings, by the time they were made.
CREATE OR REPLACE FUNCTION payments_by_{sort}_{direction}(
    asked_hash text, at timestamptz, of_state text, of_words text[], after_key text, after_id uuid, many integer
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
            SELECT p.by_{sort} AS key, p.id,
                '{"customer":' || coalesce(to_json(c.name)::text, 'null') || ',' || substr(p.data::text, 2) AS entry
            FROM payment p LEFT JOIN customer c ON c.id = p.customer_id AND c.merchant_id = p.merchant_id
            WHERE p.merchant_id = r.merchant_id AND NOT p.deleted
              AND (p.by_{sort}, p.id) {beyond} (after_key, after_id)
              AND (of_state IS NULL OR p.state = of_state)
              AND (of_words IS NULL OR p.words LIKE ALL (of_words))
            ORDER BY p.by_{sort} {direction}, p.id {direction} LIMIT many + 1
        ) x
    ) page;
END;

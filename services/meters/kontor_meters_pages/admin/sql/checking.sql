-- What waits for a decision of staff, oldest first; of customers (to_be_checked), of systems (implausible), or both.
CREATE OR REPLACE FUNCTION readings_to_check(
    asked_hash text, at timestamptz, of_state text, of_customer uuid, after_key text, after_id uuid, many integer
)
RETURNS TABLE (
    state text, session json, merchant json, today date, waiting json, groups json, entries text[], keys text[], ids uuid[]
)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, r.waiting, grouped.groups, page.entries, page.keys, page.ids
    FROM _staff(asked_hash, at) r
    CROSS JOIN LATERAL (
        SELECT json_object_agg(g.state, g.many) AS groups FROM (
            SELECT d.state, count(*) AS many FROM reading d
            WHERE d.merchant_id = r.merchant_id AND d.state IN ('to_be_checked', 'implausible') AND NOT d.deleted
            GROUP BY d.state
        ) g
    ) grouped
    CROSS JOIN LATERAL (
        SELECT array_agg(x.entry) AS entries, array_agg(x.key) AS keys, array_agg(x.id) AS ids FROM (
            SELECT d.by_entered AS key, d.id, _reading_to_check(d.data, d.series_id, m.brief, c.name) AS entry
            FROM reading d JOIN meter m ON m.id = d.meter_id AND m.merchant_id = d.merchant_id
            LEFT JOIN customer c ON c.id = d.customer_id AND c.merchant_id = d.merchant_id
            WHERE d.merchant_id = r.merchant_id AND d.state IN ('to_be_checked', 'implausible') AND NOT d.deleted
              AND (of_state IS NULL OR d.state = of_state)
              AND (of_customer IS NULL OR d.customer_id = of_customer)
              AND (d.by_entered, d.id) > (after_key, after_id)
            ORDER BY d.by_entered, d.id LIMIT many + 1
        ) x
    ) page;
END;

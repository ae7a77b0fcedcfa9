-- The release list (A19): how many wait and why, and one page of them, oldest first.
CREATE OR REPLACE FUNCTION release_list(
    asked_hash text, at timestamptz, of_group text, after_key text, after_id uuid, many integer
)
RETURNS TABLE (
    state text, session json, merchant json, today date, waiting json, groups json, entries text[], keys text[], ids uuid[]
)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, r.waiting, grouped.groups, page.entries, page.keys, page.ids
    FROM _staff(asked_hash, at) r
    CROSS JOIN LATERAL (SELECT _release_groups(r.merchant_id) AS groups) grouped
    CROSS JOIN LATERAL (
        SELECT array_agg(x.entry) AS entries, array_agg(x.key) AS keys, array_agg(x.id) AS ids FROM (
            SELECT d.by_received AS key, d.id, _waiting(d.brief, d.release_group, c.name, h.name) AS entry
            FROM document d
            LEFT JOIN customer c ON c.id = d.customer_id AND c.merchant_id = d.merchant_id
            LEFT JOIN customer h ON h.id::text = d.data ->> 'suggested_customer_id' AND h.merchant_id = d.merchant_id
            WHERE d.merchant_id = r.merchant_id AND d.state = 'waiting' AND NOT d.deleted
              AND (of_group IS NULL OR d.release_group = of_group)
              AND (d.by_received, d.id) > (after_key, after_id)
            ORDER BY d.by_received, d.id LIMIT many + 1
        ) x
    ) page;
END;

-- Everything of one group, for releasing it together.
CREATE OR REPLACE FUNCTION ready_ids(asked_hash text, at timestamptz, many integer)
RETURNS TABLE (state text, session json, merchant json, today date, waiting json, ids uuid[])
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, r.waiting, (
        SELECT array_agg(x.id) FROM (
            SELECT d.id FROM document d
            WHERE d.merchant_id = r.merchant_id AND d.state = 'waiting' AND d.release_group = 'ready' AND NOT d.deleted
            ORDER BY d.by_received, d.id LIMIT many
        ) x
    )
    FROM _staff(asked_hash, at) r;
END;

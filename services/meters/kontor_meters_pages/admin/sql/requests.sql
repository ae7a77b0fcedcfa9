-- One request, how many customers stand where, and one page of them by name.
CREATE OR REPLACE FUNCTION reading_request(
    asked_hash text, at timestamptz, asked uuid, of_state text, of_words text[], after_key text, after_id uuid, many integer
)
RETURNS TABLE (
    state text, session json, merchant json, today date, waiting json, request json, groups json, entries text[],
    keys text[], ids uuid[]
)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, r.waiting, q.data, grouped.groups, page.entries, page.keys, page.ids
    FROM _staff(asked_hash, at) r
    LEFT JOIN reading_request q ON q.id = asked AND q.merchant_id = r.merchant_id AND NOT q.deleted
    CROSS JOIN LATERAL (
        SELECT json_object_agg(g.state, g.many) AS groups FROM (
            SELECT a.state, count(*) AS many FROM reading_invitation a
            WHERE a.request_id = q.id AND a.merchant_id = r.merchant_id AND NOT a.deleted GROUP BY a.state
        ) g
    ) grouped
    CROSS JOIN LATERAL (
        SELECT array_agg(x.entry) AS entries, array_agg(x.key) AS keys, array_agg(x.id) AS ids FROM (
            SELECT coalesce(c.by_name, '') AS key, a.id,
                json_build_object('invitation', a.data, 'customer', c.brief::json)::text AS entry
            FROM reading_invitation a LEFT JOIN customer c ON c.id = a.customer_id AND c.merchant_id = a.merchant_id
            WHERE a.request_id = q.id AND a.merchant_id = r.merchant_id AND NOT a.deleted
              AND (of_state IS NULL OR a.state = of_state OR of_state = 'missing' AND a.state IN ('invited', 'reminded'))
              AND (of_words IS NULL OR c.words LIKE ALL (of_words))
              AND (coalesce(c.by_name, ''), a.id) > (after_key, after_id)
            ORDER BY coalesce(c.by_name, ''), a.id LIMIT many + 1
        ) x
    ) page;
END;

-- Which customers, or meters in use, are meant by numbers that somebody typed.
CREATE OR REPLACE FUNCTION numbers_meant(asked_hash text, at timestamptz, of_what text, numbers text[])
RETURNS TABLE (state text, session json, merchant json, today date, waiting json, found json)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, r.waiting, CASE of_what
        WHEN 'customers' THEN (
            SELECT json_object_agg(c.number, c.id) FROM customer c
            WHERE c.merchant_id = r.merchant_id AND c.number = ANY (numbers) AND NOT c.deleted)
        WHEN 'meters' THEN (
            SELECT json_object_agg(m.number, m.id) FROM meter m
            WHERE m.merchant_id = r.merchant_id AND m.number = ANY (numbers) AND NOT m.deleted
              AND (m.used_to IS NULL OR m.used_to > r.today))
        END
    FROM _staff(asked_hash, at) r;
END;

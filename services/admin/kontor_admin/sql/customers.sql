-- One page of the customers in one order.
CREATE OR REPLACE FUNCTION customers_by_{sort}_{direction}(
    asked_hash text, at timestamptz, of_words text[], after_key text, after_id uuid, many integer
)
RETURNS TABLE (
    state text, session json, merchant json, today date, waiting json, total bigint, entries text[], keys text[], ids uuid[]
)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, r.waiting, counted.many, page.entries, page.keys, page.ids
    FROM _staff(asked_hash, at) r
    CROSS JOIN LATERAL (
        SELECT count(*) AS many FROM (
            SELECT FROM customer c WHERE c.merchant_id = r.merchant_id AND NOT c.deleted LIMIT {cap}
        ) capped
    ) counted
    CROSS JOIN LATERAL (
        SELECT array_agg(x.brief) AS entries, array_agg(x.key) AS keys, array_agg(x.id) AS ids FROM (
            SELECT c.by_{sort} AS key, c.id, c.brief
            FROM customer c
            WHERE c.merchant_id = r.merchant_id AND NOT c.deleted
              AND (c.by_{sort}, c.id) {beyond} (after_key, after_id)
              AND (of_words IS NULL OR c.words LIKE ALL (of_words))
            ORDER BY c.by_{sort} {direction}, c.id {direction} LIMIT many + 1
        ) x
    ) page;
END;

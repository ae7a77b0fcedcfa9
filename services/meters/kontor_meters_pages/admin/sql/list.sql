-- One page of the meters in one order. `of_use`: current or ended. `unread_since`: an instant as the copy writes it.
CREATE OR REPLACE FUNCTION meters_by_{sort}_{direction}(
    asked_hash text, at timestamptz, of_kind text, of_customer uuid, of_use text, unread_since text, of_words text[],
    after_key text, after_id uuid, many integer
)
RETURNS TABLE (
    state text, session json, merchant json, today date, waiting json, counts json, customer text, entries text[],
    keys text[], ids uuid[]
)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, r.waiting, counted.counts,
        (SELECT o.name FROM customer o WHERE o.id = of_customer AND o.merchant_id = r.merchant_id),
        page.entries, page.keys, page.ids
    FROM _staff(asked_hash, at) r
    CROSS JOIN LATERAL (
        SELECT json_object_agg(kind.name, kind.many) AS counts FROM (
            SELECT t.name, (SELECT count(*) FROM (
                SELECT FROM meter m WHERE m.merchant_id = r.merchant_id AND m.kind = t.name AND NOT m.deleted LIMIT {cap}
            ) capped) AS many
            FROM unnest(ARRAY['electricity', 'gas', 'water', 'heat']) t (name)
        ) kind WHERE kind.many > 0
    ) counted
    CROSS JOIN LATERAL (
        SELECT array_agg(x.entry) AS entries, array_agg(x.key) AS keys, array_agg(x.id) AS ids FROM (
            SELECT m.by_{sort} AS key, m.id, _meter_entry(m.brief, c.name) AS entry
            FROM meter m
            LEFT JOIN customer c ON c.id = m.customer_id AND c.merchant_id = m.merchant_id
            WHERE m.merchant_id = r.merchant_id AND NOT m.deleted
              AND (m.by_{sort}, m.id) {beyond} (after_key, after_id)
              AND (of_kind IS NULL OR m.kind = of_kind)
              AND (of_customer IS NULL OR m.customer_id = of_customer)
              AND (of_use IS NULL OR of_use = 'current' AND (m.used_to IS NULL OR m.used_to > r.today)
                   OR of_use = 'ended' AND m.used_to <= r.today)
              AND (unread_since IS NULL OR m.by_read < unread_since AND (m.used_to IS NULL OR m.used_to > r.today))
              AND (of_words IS NULL OR m.words LIKE ALL (of_words) OR c.words LIKE ALL (of_words))
            ORDER BY m.by_{sort} {direction}, m.id {direction} LIMIT many + 1
        ) x
    ) page;
END;

-- One page of the mail log. Neither bodies nor links are in it.
CREATE OR REPLACE FUNCTION mails_by_{sort}_{direction}(
    asked_hash text, at timestamptz, of_state text, of_kind text, of_words text[], after_key text, after_id uuid, many integer
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
            SELECT m.by_{sort} AS key, m.id,
                '{"customer":' || coalesce(to_json(c.name)::text, 'null') || ',' || substr(m.data::text, 2) AS entry
            FROM mail m LEFT JOIN customer c ON c.id = m.customer_id AND c.merchant_id = m.merchant_id
            WHERE m.merchant_id = r.merchant_id AND NOT m.deleted
              AND (m.by_{sort}, m.id) {beyond} (after_key, after_id)
              AND (of_state IS NULL OR m.state = of_state)
              AND (of_kind IS NULL OR m.kind = of_kind OR starts_with(m.kind, of_kind || ':'))
              AND (of_words IS NULL OR m.words LIKE ALL (of_words))
            ORDER BY m.by_{sort} {direction}, m.id {direction} LIMIT many + 1
        ) x
    ) page;
END;

-- One page of the list in one order. `after_key`, `after_id`: the last row of the page before, or what lies before all.
CREATE OR REPLACE FUNCTION documents_by_{sort}_{direction}(
    asked_hash text, at timestamptz, of_type text, of_state text, of_status text, of_customer uuid, of_words text[],
    after_key text, after_id uuid, many integer
)
RETURNS TABLE (
    state text, session json, merchant json, today date, waiting json, counts json, entries text[], keys text[], ids uuid[]
)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, r.waiting, counted.counts, page.entries, page.keys, page.ids
    FROM _staff(asked_hash, at) r
    CROSS JOIN LATERAL (
        SELECT json_object_agg(kind.type, kind.many) AS counts FROM (
            SELECT t.type, (SELECT count(*) FROM (
                SELECT FROM document d WHERE d.merchant_id = r.merchant_id AND d.type = t.type AND NOT d.deleted LIMIT {cap}
            ) capped) AS many
            FROM unnest(ARRAY['quote', 'order_confirmation', 'sales_order', 'delivery_note', 'invoice', 'reminder',
                'credit_note', 'purchase_order', 'receipt', 'contract', 'other']) t (type)
        ) kind WHERE kind.many > 0
    ) counted
    CROSS JOIN LATERAL (
        SELECT array_agg(x.entry) AS entries, array_agg(x.key) AS keys, array_agg(x.id) AS ids FROM (
            SELECT d.by_{sort} AS key, d.id, _entry(d.brief, s.status, p.brief, c.name) AS entry
            FROM document d
            LEFT JOIN receivable p ON p.document_id = d.id AND NOT p.deleted
            LEFT JOIN customer c ON c.id = d.customer_id AND c.merchant_id = d.merchant_id
            CROSS JOIN LATERAL (SELECT _status(d.state, p.state, d.due_date, p.open_minor, r.today) AS status) s
            WHERE d.merchant_id = r.merchant_id AND NOT d.deleted
              AND (d.by_{sort}, d.id) {beyond} (after_key, after_id)
              AND (of_type IS NULL OR d.type = of_type)
              AND (of_state IS NULL OR d.state = of_state OR of_state = 'unread' AND d.state = 'shared' AND d.opened_at IS NULL)
              AND (of_customer IS NULL OR d.customer_id = of_customer)
              AND (of_words IS NULL OR d.words LIKE ALL (of_words))
              AND (of_status IS NULL OR s.status = of_status
                   OR of_status = 'open' AND s.status IN ('partly_paid', 'overdue'))
            ORDER BY d.by_{sort} {direction}, d.id {direction} LIMIT many + 1
        ) x
    ) page;
END;

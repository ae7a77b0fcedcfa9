-- What a reader can pay with one payment: the documents asked for first, then others of the first one's customer and currency on
-- which money is open.
CREATE OR REPLACE FUNCTION to_pay(asked_hash text, asked_slug text, at timestamptz, asked uuid[], many integer)
RETURNS TABLE (state text, session json, merchant json, today date, entries text[])
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, found.entries
    FROM _reader(asked_hash, asked_slug, at) r
    CROSS JOIN LATERAL (
        SELECT array_agg(t.entry ORDER BY t.place, t.by_due, t.id) AS entries FROM (
            SELECT d.by_due, d.id, coalesce(array_position(asked, d.id), many + 1) AS place,
                '{"entry":' || _entry(d.brief, _status(d.state, p.state, d.due_date, p.open_minor, r.today), p.brief, NULL, false)
                    || ',"payment":' || p.data || '}' AS entry
            FROM (
                SELECT one AS id FROM unnest(asked) one
                UNION
                (SELECT o.document_id FROM document_payment f
                JOIN document_payment o ON o.customer_id = f.customer_id AND o.currency = f.currency
                WHERE f.document_id = asked[1] AND o.open_minor > 0 AND o.state IN ('open', 'partly_paid') AND NOT o.repeats
                ORDER BY o.due_date, o.document_id LIMIT many)
            ) picked
            JOIN document_payment p ON p.document_id = picked.id
            JOIN customer_document d ON d.id = picked.id
            WHERE d.customer_id = ANY (r.customers) AND _shows(d.customer_id, d.type, d.outcome, r.visible_types, r.sees)
              AND (r.document_id IS NULL OR d.id = r.document_id OR d.thread_id = r.thread_id)
            ORDER BY place, d.by_due, d.id LIMIT many
        ) t
    ) found;
END;

-- What the reader's customers have to pay, and what they have paid: the latest first, before `before` and the payment of that id.
CREATE OR REPLACE FUNCTION payments_of_reader(
    asked_hash text, asked_slug text, at timestamptz, before text, before_id uuid, many integer
)
RETURNS TABLE (state text, session json, merchant json, today date, due text[], made text[], customers json, next text, trees json)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, due.entries, made.entries, named.customers, made.next,
        (SELECT t.data FROM tree_planting t WHERE t.merchant_id = (r.merchant ->> 'id')::uuid AND t.enabled AND NOT t.deleted)
    FROM _reader(asked_hash, asked_slug, at) r
    CROSS JOIN LATERAL (
        SELECT CASE WHEN r.document_id IS NULL THEN r.customers ELSE '{}' END AS customers
    ) asked
    CROSS JOIN LATERAL (
        SELECT array_agg(t.entry ORDER BY t.by_due, t.id) AS entries FROM (
            SELECT d.by_due, d.id,
                '{"entry":' || _entry(d.brief, _status(d.state, p.state, d.due_date, p.open_minor, r.today), p.brief, NULL, false)
                    || ',"payment":' || p.data || '}' AS entry
            FROM document_payment p JOIN customer_document d ON d.id = p.document_id
            WHERE before IS NULL AND p.customer_id = ANY (asked.customers) AND p.state IN ('open', 'partly_paid', 'direct_debit')
              AND NOT p.repeats AND d.state <> 'cancelled'
              AND _shows(d.customer_id, d.type, d.outcome, r.visible_types, r.sees)
            ORDER BY d.by_due, d.id LIMIT 100
        ) t
    ) due
    CROSS JOIN LATERAL (
        SELECT array_agg(t.entry ORDER BY t.by_time DESC, t.id DESC) FILTER (WHERE t.place <= many) AS entries,
            max(t.by_time || ' ' || t.id) FILTER (WHERE t.place = many AND t.more) AS next
        FROM (
            SELECT x.by_time, x.id, row_number() OVER latest AS place, lead(x.id) OVER latest IS NOT NULL AS more,
                '{"entry":' || d.brief || ',"made":' || x.data || '}' AS entry
            FROM payment x JOIN customer_document d ON d.id = x.document_id
            WHERE NOT x.deleted AND x.shown AND x.customer_id = ANY (asked.customers)
              AND (before IS NULL OR (x.by_time, x.id) < (before, before_id))
              AND _shows(d.customer_id, d.type, d.outcome, r.visible_types, r.sees)
            WINDOW latest AS (ORDER BY x.by_time DESC, x.id DESC)
            ORDER BY x.by_time DESC, x.id DESC LIMIT many + 1
        ) t
    ) made
    CROSS JOIN LATERAL (
        SELECT json_agg(c.data ORDER BY c.name) AS customers FROM customer c WHERE c.id = ANY (asked.customers)
    ) named;
END;

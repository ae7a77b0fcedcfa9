-- One customer with what it owes, its links and its last documents.
CREATE OR REPLACE FUNCTION customer(asked_hash text, at timestamptz, asked uuid)
RETURNS TABLE (
    state text, session json, merchant json, today date, waiting json, customer json, owed json, link json, latest text[],
    documents bigint, panels json
)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, r.waiting, found.data, found.owed, found.link, found.latest, found.documents, found.panels
    FROM _staff(asked_hash, at) r
    LEFT JOIN LATERAL (
        SELECT c.data,
            (SELECT json_agg(s) FROM (
                SELECT p.currency, sum(p.open_minor)::bigint AS open_minor, sum(p.pending_minor)::bigint AS pending_minor,
                    coalesce(sum(p.open_minor) FILTER (WHERE p.due_date < r.today), 0)::bigint AS late_minor
                FROM document_payment p
                WHERE p.customer_id = c.id AND p.merchant_id = c.merchant_id
                  AND (p.open_minor > 0 OR p.pending_minor > 0) AND NOT p.repeats
                GROUP BY p.currency) s) AS owed,
            (SELECT l.data FROM link l
             WHERE l.customer_id = c.id AND l.document_id IS NULL AND NOT l.mailed AND NOT l.deleted
               AND l.merchant_id = c.merchant_id LIMIT 1) AS link,
            (SELECT array_agg(t.entry) FROM (
                SELECT _entry(d.brief, _status(d.state, p.state, d.due_date, p.open_minor, r.today), p.brief, NULL) AS entry
                FROM document d LEFT JOIN document_payment p ON p.document_id = d.id
                WHERE d.customer_id = c.id AND d.merchant_id = c.merchant_id AND NOT d.deleted
                ORDER BY d.by_date DESC, d.id DESC LIMIT 10
            ) t) AS latest,
            (SELECT count(*) FROM (
                SELECT FROM document d WHERE d.customer_id = c.id AND NOT d.deleted LIMIT {cap}) capped) AS documents,
            json_build_object({panels:customer}) AS panels
        FROM customer c
        WHERE c.id = asked AND c.merchant_id = r.merchant_id AND NOT c.deleted
    ) found ON true;
END;

-- Customers to choose from: those that a search finds, by name.
CREATE OR REPLACE FUNCTION customer_choices(asked_hash text, at timestamptz, of_words text[], many integer)
RETURNS TABLE (state text, session json, merchant json, today date, waiting json, choices text[])
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, r.waiting, (
        SELECT array_agg(x.brief ORDER BY x.by_name) FROM (
            SELECT c.brief, c.by_name FROM customer c
            WHERE c.merchant_id = r.merchant_id AND NOT c.deleted AND (of_words IS NULL OR c.words LIKE ALL (of_words))
            ORDER BY c.by_name, c.id LIMIT many
        ) x
    )
    FROM _staff(asked_hash, at) r;
END;

-- A customer and the documents on which they have to pay something, the earliest first.
CREATE OR REPLACE FUNCTION open_of_customer(asked_hash text, at timestamptz, asked uuid)
RETURNS TABLE (state text, session json, merchant json, today date, waiting json, customer json, documents json)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, r.waiting,
        (SELECT json_build_object('id', c.id, 'name', c.name, 'email', c.data ->> 'email')
            FROM customer c WHERE c.id = asked AND c.merchant_id = r.merchant_id AND NOT c.deleted),
        (SELECT json_agg(x.entry ORDER BY x.due_date, x.id) FROM (
            SELECT p.due_date, p.id, json_build_object('document_id', p.document_id, 'number', p.data ->> 'document_number',
                'open_minor', p.open_minor, 'currency', p.currency, 'due_date', p.due_date,
                'late', p.due_date < r.today) AS entry
            FROM receivable p
            WHERE p.merchant_id = r.merchant_id AND p.customer_id = asked AND NOT p.deleted AND NOT p.repeats AND p.open_minor > 0
              AND p.state IN ('open', 'partly_paid')
            ORDER BY p.due_date, p.id LIMIT 100
        ) x)
    FROM _staff(asked_hash, at) r;
END;

-- One reported payment, and the receivables that it may be for: those of its amount first.
CREATE OR REPLACE FUNCTION parked_payment(asked_hash text, at timestamptz, asked uuid, of_words text[], many integer)
RETURNS TABLE (state text, session json, merchant json, today date, waiting json, payment json, choices json)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, r.waiting, i.data, (
        SELECT json_agg(x.entry) FROM (
            SELECT json_build_object('document_id', p.document_id, 'number', p.data ->> 'document_number', 'customer', c.name,
                'open_minor', p.open_minor, 'due_date', p.due_date, 'state', p.state) AS entry
            FROM receivable p LEFT JOIN customer c ON c.id = p.customer_id AND c.merchant_id = p.merchant_id
            WHERE p.merchant_id = r.merchant_id AND NOT p.deleted AND NOT p.repeats AND (p.data ->> 'credit_minor')::bigint = 0
              AND p.currency = i.data ->> 'currency'
              AND CASE WHEN of_words IS NULL THEN p.open_minor > 0 ELSE p.words || ' ' || coalesce(c.words, '') LIKE ALL (of_words) END
            ORDER BY p.open_minor = (i.data ->> 'amount_minor')::bigint DESC, p.due_date, p.id LIMIT many
        ) x
    )
    FROM _staff(asked_hash, at) r
    LEFT JOIN incoming_payment i ON i.id = asked AND i.merchant_id = r.merchant_id AND NOT i.deleted;
END;

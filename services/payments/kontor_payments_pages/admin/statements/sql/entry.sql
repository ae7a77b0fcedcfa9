-- One payment on a bank statement, and the documents that it may be for: those named in `kept` first, then those of its amount. Of a
-- return those that were paid.
CREATE OR REPLACE FUNCTION statement_payment(asked_hash text, at timestamptz, asked uuid, of_words text[], kept uuid[], many integer)
RETURNS TABLE (state text, session json, merchant json, today date, waiting json, entry json, choices json)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, r.waiting, e.data, (
        SELECT json_agg(x.entry) FROM (
            SELECT json_build_object('document_id', p.document_id, 'number', p.data ->> 'document_number', 'customer', c.name,
                'open_minor', p.open_minor, 'pending_minor', p.pending_minor, 'paid_minor', (p.data ->> 'paid_minor')::bigint,
                'due_date', p.due_date, 'state', p.state) AS entry
            FROM receivable p LEFT JOIN customer c ON c.id = p.customer_id AND c.merchant_id = p.merchant_id
            CROSS JOIN LATERAL (SELECT
                (e.data ->> 'amount_minor')::bigint AS amount,
                CASE WHEN (e.data ->> 'amount_minor')::bigint < 0 THEN -(p.data ->> 'paid_minor')::bigint
                    ELSE p.open_minor + CASE WHEN p.state = 'direct_debit' THEN p.pending_minor ELSE 0 END END AS fits) a
            WHERE p.merchant_id = r.merchant_id AND NOT p.deleted AND NOT p.repeats AND (p.data ->> 'credit_minor')::bigint = 0
              AND p.currency = e.data ->> 'currency'
              AND (p.document_id = ANY (kept) OR CASE WHEN of_words IS NULL THEN a.fits <> 0
                  ELSE p.words || ' ' || coalesce(c.words, '') LIKE ALL (of_words) END)
            ORDER BY p.document_id = ANY (kept) DESC, a.fits = a.amount DESC, p.due_date, p.id LIMIT many
        ) x
    )
    FROM _staff(asked_hash, at) r
    LEFT JOIN statement_entry e ON e.id = asked AND e.merchant_id = r.merchant_id AND NOT e.deleted;
END;

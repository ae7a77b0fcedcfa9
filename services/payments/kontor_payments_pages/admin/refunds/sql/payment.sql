-- One payment with its receivable, its customer's name and its disputes.
CREATE OR REPLACE FUNCTION payment_page(asked_hash text, at timestamptz, asked uuid)
RETURNS TABLE (state text, session json, merchant json, today date, waiting json, payment json, receivable json, customer text,
    disputes json)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, r.waiting, p.data, o.data, c.name,
        (SELECT json_agg(d.data ORDER BY d.by_time) FROM dispute d
            WHERE d.payment_id = p.id AND d.merchant_id = r.merchant_id AND NOT d.deleted)
    FROM _staff(asked_hash, at) r
    LEFT JOIN payment p ON p.id = asked AND p.merchant_id = r.merchant_id AND NOT p.deleted
    LEFT JOIN receivable o ON o.document_id = p.document_id AND o.merchant_id = p.merchant_id AND NOT o.deleted
    LEFT JOIN customer c ON c.id = p.customer_id AND c.merchant_id = p.merchant_id;
END;

-- The newest documents to try a mail's text with: those of the type it is about (of any, for the empty one) that have a customer.
CREATE OR REPLACE FUNCTION mail_text_documents(asked_hash text, at timestamptz, document_type text)
RETURNS TABLE (state text, session json, merchant json, today date, waiting json, documents json)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, r.waiting, (
        SELECT json_agg(found) FROM (
            SELECT d.id, d.data ->> 'number' AS number, c.data ->> 'name' AS customer
            FROM document d JOIN customer c ON c.id = d.customer_id AND c.merchant_id = d.merchant_id
            WHERE d.merchant_id = r.merchant_id AND NOT d.deleted AND document_type IN (d.type, '')
            ORDER BY d.by_date DESC, d.id DESC LIMIT 50
        ) found
    )
    FROM _staff(asked_hash, at) r;
END;

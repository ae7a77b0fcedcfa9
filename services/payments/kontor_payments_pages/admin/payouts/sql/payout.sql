-- One payout by the provider's id of it, and the names of the customers in it.
CREATE OR REPLACE FUNCTION payout_page(asked_hash text, at timestamptz, asked text)
RETURNS TABLE (state text, session json, merchant json, today date, waiting json, payout json, customers json)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, r.waiting, p.data, (
        SELECT json_object_agg(c.id, c.name) FROM customer c
        WHERE c.merchant_id = r.merchant_id AND c.id IN (
            SELECT (share ->> 'customer_id')::uuid
            FROM json_array_elements(p.data -> 'items') item, json_array_elements(item -> 'shares') share
            WHERE share ->> 'customer_id' <> '')
    )
    FROM _staff(asked_hash, at) r
    LEFT JOIN LATERAL (
        SELECT o.data FROM payout o WHERE o.merchant_id = r.merchant_id AND o.reference = asked AND NOT o.deleted ORDER BY o.id LIMIT 1
    ) p ON true;
END;

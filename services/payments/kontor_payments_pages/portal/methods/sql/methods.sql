-- The saved payment methods of a reader's customers, and those that ended without the customer's doing in the last three months. Whoever
-- came by the link of one document sees none.
CREATE OR REPLACE FUNCTION saved_methods_of_reader(asked_hash text, asked_slug text, at timestamptz)
RETURNS TABLE (state text, session json, merchant json, today date, methods json, customers json)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, found.methods, named.customers
    FROM _reader(asked_hash, asked_slug, at) r
    CROSS JOIN LATERAL (
        SELECT CASE WHEN r.document_id IS NULL THEN r.customers ELSE '{}' END AS customers
    ) asked
    CROSS JOIN LATERAL (
        SELECT json_agg(m.data ORDER BY m.by_time DESC, m.id) AS methods FROM saved_method m
        WHERE m.customer_id = ANY (asked.customers) AND NOT m.deleted
          AND (m.state <> 'ended' OR m.data ->> 'end_reason' <> 'removed' AND (m.data ->> 'ended_at')::timestamptz > at - interval '90 days')
    ) found
    CROSS JOIN LATERAL (
        SELECT json_agg(c.data ORDER BY c.name) AS customers FROM customer c WHERE c.id = ANY (asked.customers)
    ) named;
END;

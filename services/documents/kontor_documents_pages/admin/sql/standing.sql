-- The merchant's standing documents in their order, with all their versions.
CREATE OR REPLACE FUNCTION standing_documents(asked_hash text, at timestamptz)
RETURNS TABLE (state text, session json, merchant json, today date, waiting json, documents json)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, r.waiting, (
        SELECT json_agg(d.data ORDER BY d.position NULLS FIRST, d.id) FROM standing_document d
        WHERE d.merchant_id = r.merchant_id AND NOT d.deleted
    )
    FROM _staff(asked_hash, at) r;
END;

-- Everything of one group, for releasing it together.
CREATE OR REPLACE FUNCTION ready_ids(asked_hash text, at timestamptz, many integer)
RETURNS TABLE (state text, session json, merchant json, today date, waiting json, ids uuid[])
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, r.waiting, (
        SELECT array_agg(x.id) FROM (
            SELECT d.id FROM document d
            WHERE d.merchant_id = r.merchant_id AND d.state = 'waiting' AND d.release_group = 'ready' AND NOT d.deleted
            ORDER BY d.by_received, d.id LIMIT many
        ) x
    )
    FROM _staff(asked_hash, at) r;
END;

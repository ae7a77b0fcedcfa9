-- Who works for the merchant, by name.
CREATE OR REPLACE FUNCTION team(asked_hash text, at timestamptz)
RETURNS TABLE (state text, session json, merchant json, today date, waiting json, members text[])
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, r.waiting, (
        SELECT array_agg(s.data::text ORDER BY s.by_name, s.id) FROM staff_member s
        WHERE s.merchant_id = r.merchant_id AND s.active AND NOT s.deleted
    )
    FROM _staff(asked_hash, at) r;
END;

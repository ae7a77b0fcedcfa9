-- Which customers, or meters in use, are meant by numbers that somebody typed.
CREATE OR REPLACE FUNCTION numbers_meant(asked_hash text, at timestamptz, of_what text, numbers text[])
RETURNS TABLE (state text, session json, merchant json, today date, waiting json, found json)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, r.waiting, CASE of_what
        WHEN 'customers' THEN (
            SELECT json_object_agg(c.number, c.id) FROM customer c
            WHERE c.merchant_id = r.merchant_id AND c.number = ANY (numbers) AND NOT c.deleted)
        WHEN 'meters' THEN (
            SELECT json_object_agg(m.number, m.id) FROM meter m
            WHERE m.merchant_id = r.merchant_id AND m.number = ANY (numbers) AND NOT m.deleted
              AND (m.used_to IS NULL OR m.used_to > r.today))
        END
    FROM _staff(asked_hash, at) r;
END;

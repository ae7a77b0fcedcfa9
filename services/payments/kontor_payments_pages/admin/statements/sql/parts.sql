-- How many payments on bank statements there are of each kind, capped. NULL where there are none.
CREATE OR REPLACE FUNCTION _statement_counts(of_merchant uuid)
RETURNS json LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT json_object_agg(k.kind, (
        SELECT count(*) FROM (
            SELECT FROM statement_entry e WHERE e.merchant_id = of_merchant AND e.kind = k.kind AND NOT e.deleted LIMIT {cap}
        ) capped
    ))
    FROM unnest(ARRAY['certain', 'to_check', 'none', 'booked', 'set_aside']) k (kind);
END;

-- For the board: payments that wait, the oldest of them. NULL where none does.
CREATE OR REPLACE FUNCTION _statement_payments(of_merchant uuid)
RETURNS json LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT json_build_object('counts', _statement_counts(of_merchant), 'payments', w.payments)
    FROM (
        SELECT json_agg(t.data) AS payments FROM (
            SELECT e.data FROM statement_entry e
            WHERE e.merchant_id = of_merchant AND e.kind IN ('certain', 'to_check', 'none') AND NOT e.deleted
            ORDER BY e.by_day, e.id LIMIT 4
        ) t
    ) w
    WHERE w.payments IS NOT NULL;
END;

CREATE POLICY lookup ON meter FOR SELECT TO CURRENT_USER USING (true);

-- Of all merchants: files whose storing does not get on, meters whose parked values are not stored though they are there, and
-- days that are not summed.
CREATE FUNCTION readings_stuck() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH RECURSIVE names AS (
        (SELECT merchant_id, meter, parked_at FROM parked_item ORDER BY merchant_id, meter LIMIT 1)
        UNION ALL
        SELECT following.* FROM names n CROSS JOIN LATERAL (
            SELECT p.merchant_id, p.meter, p.parked_at FROM parked_item p
            WHERE (p.merchant_id, p.meter) > (n.merchant_id, n.meter) ORDER BY p.merchant_id, p.meter LIMIT 1) following
    )
    SELECT (SELECT count(*) FROM batch WHERE state = 'running' AND told_at < now() - interval '2 minutes')
    + (SELECT count(*) FROM names n WHERE parked_at < now() - interval '2 minutes' AND EXISTS (
        SELECT FROM meter m WHERE m.merchant_id = n.merchant_id AND NOT m.deleted
        AND (m.number = n.meter OR m.external_id = n.meter AND m.external_id <> '')))
    -- What could not be summed is marked for later.
    + (SELECT count(*) FROM consumption_mark WHERE marked_at < now() - interval '2 minutes' OR marked_at > now())
$$;

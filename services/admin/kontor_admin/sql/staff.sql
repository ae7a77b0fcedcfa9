-- Who asks. No row: the session is unknown or over. `state`: open, or silent where identity has not been heard for five
-- minutes: nobody could tell us of a revocation. Without an open state there is no merchant, and so there are no rows.
CREATE OR REPLACE FUNCTION _staff(asked_hash text, at timestamptz)
RETURNS TABLE (state text, merchant_id uuid, today date, session json, merchant json, waiting json)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT
        who.state,
        who.merchant_id,
        (at AT TIME ZONE coalesce(m.time_zone, 'Europe/Berlin'))::date,
        s.public,
        m.data,
        json_build_object(
            {waiting}
        )
    FROM session s
    LEFT JOIN identity_heartbeat beat ON true
    CROSS JOIN LATERAL (
        SELECT coalesce(beat.heard_at < now() - interval '5 minutes', true) AS silent
    ) heard
    CROSS JOIN LATERAL (
        SELECT CASE WHEN heard.silent THEN 'silent' ELSE 'open' END AS state,
            CASE WHEN NOT heard.silent THEN s.merchant_id END AS merchant_id
    ) who
    LEFT JOIN merchant m ON m.id = who.merchant_id AND NOT m.deleted
    WHERE s.hash = asked_hash AND NOT s.revoked AND s.expires_at > now() AND s.kind = 'staff';
END;

-- The session alone, for pages that show nothing of the copy, and before a command.
CREATE OR REPLACE FUNCTION staff(asked_hash text, at timestamptz)
RETURNS TABLE (state text, session json, merchant json, today date, waiting json)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, r.waiting FROM _staff(asked_hash, at) r;
END;

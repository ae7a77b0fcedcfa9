-- API keys of the merchant, newest first.
CREATE OR REPLACE FUNCTION api_keys(asked_hash text, at timestamptz)
RETURNS TABLE (state text, session json, merchant json, today date, waiting json, keys json)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, r.waiting, (
        SELECT json_agg(k.data ORDER BY k.by_time DESC) FROM api_key k WHERE k.merchant_id = r.merchant_id AND NOT k.deleted
    )
    FROM _staff(asked_hash, at) r;
END;

-- One mail of the log.
CREATE OR REPLACE FUNCTION mail(asked_hash text, at timestamptz, asked uuid)
RETURNS TABLE (state text, session json, merchant json, today date, waiting json, mail json)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, r.waiting, (
        SELECT m.data FROM mail m WHERE m.id = asked AND m.merchant_id = r.merchant_id AND NOT m.deleted
    )
    FROM _staff(asked_hash, at) r;
END;

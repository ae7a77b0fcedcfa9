-- What customers have asked and nobody has answered.
CREATE OR REPLACE FUNCTION questions(asked_hash text, at timestamptz, many integer)
RETURNS TABLE (state text, session json, merchant json, today date, waiting json, questions json)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, r.waiting, _open_questions(r.merchant_id, many)
    FROM _staff(asked_hash, at) r;
END;

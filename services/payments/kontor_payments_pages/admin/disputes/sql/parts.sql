-- For the board: disputes that wait for the merchant's answer, the most urgent first. NULL where there are none.
CREATE OR REPLACE FUNCTION _disputes_to_answer(of_merchant uuid)
RETURNS json LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT CASE WHEN x.waiting > 0 THEN row_to_json(x) END FROM (
        SELECT
            (SELECT count(*) FROM (
                SELECT FROM dispute d WHERE d.merchant_id = of_merchant AND d.state = 'needs_response' AND NOT d.deleted
                LIMIT {cap}) capped) AS waiting,
            (SELECT json_agg(t.data) FROM (
                SELECT d.data FROM dispute d
                WHERE d.merchant_id = of_merchant AND d.state = 'needs_response' AND NOT d.deleted
                ORDER BY d.respond_by NULLS LAST, d.by_time LIMIT 4
            ) t) AS disputes
    ) x;
END;

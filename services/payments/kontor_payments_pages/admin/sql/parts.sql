-- For the board: reported payments that wait for their document. NULL where there are none.
CREATE OR REPLACE FUNCTION _parked_payments(of_merchant uuid)
RETURNS json LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT CASE WHEN x.waiting > 0 THEN row_to_json(x) END FROM (
        SELECT
            (SELECT count(*) FROM (
                SELECT FROM incoming_payment i WHERE i.merchant_id = of_merchant AND i.state = 'parked' AND NOT i.deleted
                LIMIT {cap}) capped) AS waiting,
            (SELECT json_agg(t.data) FROM (
                SELECT i.data FROM incoming_payment i
                WHERE i.merchant_id = of_merchant AND i.state = 'parked' AND NOT i.deleted ORDER BY i.by_time, i.id LIMIT 4
            ) t) AS payments
    ) x;
END;

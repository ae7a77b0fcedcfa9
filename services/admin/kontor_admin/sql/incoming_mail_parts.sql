-- Incoming mails that staff have to decide about, oldest first, and how many they are; NULL where there is none.
CREATE OR REPLACE FUNCTION _open_incoming_mails(of_merchant uuid)
RETURNS json LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT json_build_object('many', (
            SELECT count(*) FROM (
                SELECT FROM incoming_mail i WHERE i.merchant_id = of_merchant AND i.state = 'open' AND NOT i.deleted LIMIT {cap}
            ) capped
        ), 'mails', json_agg(x.data ORDER BY x.by_time))
    FROM (
        SELECT i.by_time, i.data FROM incoming_mail i
        WHERE i.merchant_id = of_merchant AND i.state = 'open' AND NOT i.deleted ORDER BY i.by_time LIMIT 5
    ) x
    HAVING count(*) > 0;
END;

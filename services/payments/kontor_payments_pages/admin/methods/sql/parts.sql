-- For a customer's page: the saved methods, the default first, then those that ended. NULL where nothing was ever saved.
CREATE OR REPLACE FUNCTION _saved_methods(of_merchant uuid, of_customer uuid)
RETURNS json LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT json_agg(x.data ORDER BY x.state = 'ended', NOT x.is_default, x.by_time DESC, x.id) FROM (
        SELECT m.data, m.state, m.is_default, m.by_time, m.id FROM saved_method m
        WHERE m.merchant_id = of_merchant AND m.customer_id = of_customer AND NOT m.deleted
        ORDER BY m.state = 'ended', m.by_time DESC, m.id LIMIT 20
    ) x;
END;

-- For the board: accounts that their provider refuses. NULL where there are none.
CREATE OR REPLACE FUNCTION _refused_connections(of_merchant uuid)
RETURNS json LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT json_agg(c.data ORDER BY c.id) FROM connection c
    WHERE c.merchant_id = of_merchant AND c.problem <> '' AND c.state <> 'ended' AND NOT c.deleted;
END;

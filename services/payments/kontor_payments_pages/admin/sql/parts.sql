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

-- For a customer's page: what can be put into a pay link. NULL where nothing is open.
CREATE OR REPLACE FUNCTION _payable_by_link(of_merchant uuid, of_customer uuid)
RETURNS json LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT CASE WHEN count(*) > 0 THEN json_build_object('customer_id', of_customer, 'documents', json_agg(x.entry ORDER BY x.due_date, x.id)) END
    FROM (
        SELECT p.due_date, p.id, json_build_object('document_id', p.document_id, 'number', p.data ->> 'document_number',
            'open_minor', p.open_minor, 'currency', p.currency) AS entry
        FROM receivable p
        WHERE p.merchant_id = of_merchant AND p.customer_id = of_customer AND NOT p.deleted AND NOT p.repeats AND p.open_minor > 0
          AND p.state IN ('open', 'partly_paid')
        ORDER BY p.due_date, p.id LIMIT 20
    ) x;
END;

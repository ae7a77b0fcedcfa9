-- Offered to other owners' pages: where the money of a document stands. What a reminder `repeats` is no money of its own.
CREATE VIEW document_payment AS
    SELECT p.merchant_id, p.document_id, p.customer_id, p.state, p.currency, p.open_minor, p.pending_minor, p.due_date,
        p.expected_on, p.repeats, p.brief, p.data
    FROM receivable p WHERE NOT p.deleted;

-- Offered to other owners' pages: every booking of money.
CREATE VIEW booked_payment AS
    SELECT b.merchant_id, b.document_id, b.customer_id, b.state, b.currency, b.amount_minor, b.settled_at, b.by_time, b.data
    FROM payment b WHERE NOT b.deleted;

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

-- Offered to other owners' pages: where the money of a document stands; `failed` where the last attempt to pay what is open
-- did. What a reminder `repeats` is no money of its own.
CREATE VIEW document_payment AS
    SELECT p.merchant_id, p.document_id, p.customer_id, p.state, p.currency, p.open_minor, p.pending_minor, p.overpaid_minor,
        p.due_date, p.expected_on, p.failed, p.repeats, p.brief, p.data
    FROM receivable p WHERE NOT p.deleted;

-- Offered to other owners' pages: every booking of money.
CREATE VIEW booked_payment AS
    SELECT b.merchant_id, b.document_id, b.customer_id, b.state, b.currency, b.amount_minor, b.settled_at, b.by_time, b.data
    FROM payment b WHERE NOT b.deleted;

-- Offered to other owners' pages: where the money of a document stands. What a reminder `repeats` is no money of its own.
CREATE VIEW document_payment AS
    SELECT p.document_id, p.customer_id, p.state, p.currency, p.open_minor, p.due_date, p.repeats, p.brief, p.data
    FROM receivable p WHERE NOT p.deleted;

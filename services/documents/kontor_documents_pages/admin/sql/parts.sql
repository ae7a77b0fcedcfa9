-- Where a document stands with money; NULL where nothing is to be paid on it, or nothing is known yet.
CREATE OR REPLACE FUNCTION _status(document_state text, receivable_state text, due date, open_minor bigint, today date)
RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE
    WHEN document_state IN ('cancelled', 'withdrawn') THEN NULL
    WHEN receivable_state IN ('open', 'partly_paid') AND open_minor > 0 AND due < today THEN 'overdue'
    ELSE receivable_state
END;

-- One entry of a list as JSON text: what the owners said, whose it is, and where it stands.
CREATE OR REPLACE FUNCTION _entry(brief text, status text, payment text, customer text)
RETURNS text LANGUAGE sql IMMUTABLE
RETURN '{"status":' || coalesce(to_json(status)::text, 'null') || ',"payment":' || coalesce(payment, 'null')
    || ',"customer":' || coalesce(to_json(customer)::text, 'null') || ',' || substr(brief, 2);

-- Where a document stands for its reader; NULL where nothing is to be paid on it, or nothing is known yet.
CREATE OR REPLACE FUNCTION _status(document_state text, receivable_state text, due date, open_minor bigint, today date)
RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE
    WHEN document_state = 'cancelled' THEN 'cancelled'
    WHEN receivable_state IN ('open', 'partly_paid') AND open_minor > 0 AND due < today THEN 'overdue'
    ELSE receivable_state
END;

-- One entry of a list, as the JSON that API and pages read: what documents and payments said, where it stands,
-- the contract or order it belongs to, and whether it is new to its reader.
CREATE OR REPLACE FUNCTION _entry(brief text, status text, payment text, label text, is_new boolean)
RETURNS text LANGUAGE sql IMMUTABLE
RETURN '{"status":' || coalesce('"' || status || '"', 'null') || ',"payment":' || coalesce(payment, 'null')
    || ',"label":' || coalesce(label, 'null')
    || CASE WHEN is_new THEN ',"new":true,' ELSE ',"new":false,' END || substr(brief, 2);

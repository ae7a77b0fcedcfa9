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

-- The threads of a customer's documents in which the reader sees this contract or order named.
CREATE OR REPLACE FUNCTION _threads_of_label(of_customer uuid, of_label text, visible_types text[], sees jsonb)
RETURNS text[] LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT array_agg(DISTINCT d.thread_id) FROM document d
    WHERE d.shown AND d.customer_id = of_customer AND d.label = of_label AND {for_roles}
      AND _shows(d.customer_id, d.type, d.outcome, visible_types, sees);
END;

-- Offered to other owners' pages: documents that their customer has. Whether a reader sees one of them `_shows` says.
CREATE VIEW customer_document AS
    SELECT d.id, d.customer_id, d.thread_id, d.type, d.outcome, d.state, d.due_date, d.by_due, d.brief
    FROM document d WHERE d.shown AND {for_roles};

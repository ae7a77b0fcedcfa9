CREATE UNIQUE INDEX receivable_document ON receivable (document_id) WHERE NOT deleted;
CREATE INDEX receivable_open ON receivable (customer_id, due_date, id) WHERE open_minor > 0

CREATE UNIQUE INDEX receivable_document ON receivable (document_id) WHERE NOT deleted;
CREATE INDEX receivable_open ON receivable (customer_id, due_date, id) WHERE open_minor > 0;
CREATE INDEX receivable_due ON receivable (customer_id) WHERE state IN ('open', 'partly_paid', 'direct_debit');
CREATE INDEX receivable_saves ON receivable (customer_id) WHERE saves;
CREATE INDEX payment_of_customer ON payment (customer_id, by_time, id) WHERE shown

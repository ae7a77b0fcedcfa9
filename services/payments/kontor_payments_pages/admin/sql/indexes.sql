CREATE UNIQUE INDEX receivable_document ON receivable (document_id) WHERE NOT deleted;
CREATE INDEX receivable_open ON receivable (merchant_id, due_date) WHERE open_minor > 0;
CREATE INDEX receivable_customer ON receivable (customer_id) WHERE open_minor > 0 OR pending_minor > 0;
CREATE INDEX receivable_failed ON receivable (merchant_id) WHERE failed;
CREATE INDEX receivable_pending ON receivable (merchant_id) WHERE pending_minor > 0;
CREATE INDEX payment_by_time ON payment (merchant_id, by_time, id) WHERE NOT deleted;
CREATE INDEX payment_document ON payment (document_id);
CREATE INDEX payment_settled ON payment (merchant_id, settled_at) WHERE state = 'succeeded';
CREATE INDEX incoming_payment_waiting ON incoming_payment (merchant_id, state, by_time, id) WHERE NOT deleted;

-- One index per order of a list: a page reads its rows in order and stops, however many there are.
CREATE INDEX document_by_date ON document (merchant_id, by_date, id) WHERE NOT deleted;
CREATE INDEX document_by_due ON document (merchant_id, by_due, id) WHERE NOT deleted;
CREATE INDEX document_by_amount ON document (merchant_id, by_amount, id) WHERE NOT deleted;
CREATE INDEX document_by_number ON document (merchant_id, by_number, id) WHERE NOT deleted;
CREATE INDEX document_by_received ON document (merchant_id, by_received, id) WHERE NOT deleted;
-- Counts by type; the newest of a customer; the release list; what happened last.
CREATE INDEX document_type ON document (merchant_id, type) WHERE NOT deleted;
CREATE INDEX document_customer ON document (customer_id, by_date, id) WHERE NOT deleted;
CREATE INDEX document_waiting ON document (merchant_id, release_group, by_received, id) WHERE NOT deleted AND state = 'waiting';
CREATE INDEX document_thread ON document (thread_id) WHERE NOT deleted;
CREATE INDEX document_shared ON document (merchant_id, shared_at) WHERE shared_at IS NOT NULL;
CREATE INDEX document_opened ON document (merchant_id, opened_at) WHERE opened_at IS NOT NULL;
CREATE INDEX document_unread ON document (merchant_id, shared_at) WHERE state = 'shared' AND opened_at IS NULL;

CREATE UNIQUE INDEX receivable_document ON receivable (document_id) WHERE NOT deleted;
CREATE INDEX receivable_open ON receivable (merchant_id, due_date) WHERE open_minor > 0;
CREATE INDEX receivable_customer ON receivable (customer_id) WHERE open_minor > 0 OR pending_minor > 0;
CREATE INDEX receivable_pending ON receivable (merchant_id) WHERE pending_minor > 0;

CREATE INDEX payment_by_time ON payment (merchant_id, by_time, id) WHERE NOT deleted;
CREATE INDEX payment_document ON payment (document_id);
CREATE INDEX payment_settled ON payment (merchant_id, settled_at) WHERE state = 'succeeded';

CREATE INDEX customer_by_name ON customer (merchant_id, by_name, id) WHERE NOT deleted;
CREATE INDEX customer_by_number ON customer (merchant_id, by_number, id) WHERE NOT deleted;
CREATE INDEX link_customer ON link (customer_id, document_id) WHERE NOT mailed;
CREATE INDEX mail_by_time ON mail (merchant_id, by_time, id) WHERE NOT deleted;
CREATE INDEX mail_documents ON mail USING gin (document_ids);
CREATE INDEX submission_by_time ON submission (merchant_id, by_time);
CREATE INDEX api_key_merchant ON api_key (merchant_id, by_time)

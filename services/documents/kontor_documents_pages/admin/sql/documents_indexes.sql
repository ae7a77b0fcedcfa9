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
CREATE INDEX document_label ON document (merchant_id, label) WHERE label IS NOT NULL;
CREATE INDEX document_labelled ON document (merchant_id, by_received DESC) WHERE label IS NOT NULL AND NOT deleted;
CREATE INDEX document_thread ON document (thread_id) WHERE NOT deleted;
CREATE INDEX document_shared ON document (merchant_id, shared_at) WHERE shared_at IS NOT NULL;
CREATE INDEX document_opened ON document (merchant_id, opened_at) WHERE opened_at IS NOT NULL;
CREATE INDEX document_unread ON document (merchant_id, shared_at) WHERE state = 'shared' AND opened_at IS NULL;
CREATE INDEX submission_by_time ON submission (merchant_id, by_time);
CREATE INDEX submission_uploaded ON submission (merchant_id, by_time) WHERE source = 'upload' AND NOT deleted;
CREATE INDEX standing_document_of_merchant ON standing_document (merchant_id);
-- Quotes: the list by when it came in and by its last day; what the board counts; what was decided last.
CREATE INDEX document_quotes ON document (merchant_id, by_received, id) WHERE NOT deleted AND type = 'quote';
CREATE INDEX document_quotes_by_valid ON document (merchant_id, by_valid, id) WHERE NOT deleted AND type = 'quote';
CREATE INDEX document_stand ON document (merchant_id, stand, by_valid) WHERE NOT deleted AND stand IS NOT NULL;
CREATE INDEX document_decided ON document (merchant_id, decided_at) WHERE decided_at IS NOT NULL;
CREATE INDEX document_asked ON document (merchant_id, asked_at) WHERE asked_at IS NOT NULL;

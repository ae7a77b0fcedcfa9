-- One index per order of the list: a page reads its rows in order and stops, however many there are.
CREATE INDEX document_by_date ON document (customer_id, by_date, id) INCLUDE (type, outcome, role_bits, revision) WHERE shown;
CREATE INDEX document_by_due ON document (customer_id, by_due, id) WHERE shown;
CREATE INDEX document_by_amount ON document (customer_id, by_amount, id) WHERE shown;
CREATE INDEX document_by_number ON document (customer_id, by_number, id) WHERE shown;
-- Counts by type, and the newest of a type.
CREATE INDEX document_by_type ON document (customer_id, type, by_date, id) INCLUDE (role_bits, outcome) WHERE shown;
CREATE INDEX document_thread ON document (thread_id) WHERE shown;
CREATE INDEX document_content ON document (merchant_id, content_sha256) WHERE shown;
-- The label of a thread; the labels of a customer.
CREATE INDEX document_thread_label ON document (thread_id, by_date, id) WHERE shown AND label IS NOT NULL;
CREATE INDEX document_label ON document (customer_id, by_date) INCLUDE (label_brief, type, outcome, role_bits)
    WHERE shown AND label IS NOT NULL;

CREATE INDEX dispute_by_time ON dispute (merchant_id, by_time, id) WHERE NOT deleted;
CREATE INDEX dispute_to_answer ON dispute (merchant_id, respond_by) WHERE state = 'needs_response' AND NOT deleted;
CREATE INDEX dispute_payment ON dispute (payment_id);

CREATE INDEX customer_by_name ON customer (merchant_id, by_name, id) WHERE NOT deleted;
CREATE INDEX customer_by_number ON customer (merchant_id, by_number, id) WHERE NOT deleted;
CREATE INDEX link_customer ON link (customer_id, document_id) WHERE NOT mailed;
CREATE INDEX staff_member_merchant ON staff_member (merchant_id, by_name, id) WHERE active AND NOT deleted;
CREATE INDEX api_key_merchant ON api_key (merchant_id, by_time);

CREATE INDEX saved_method_of_customer ON saved_method (customer_id, by_time) WHERE NOT deleted

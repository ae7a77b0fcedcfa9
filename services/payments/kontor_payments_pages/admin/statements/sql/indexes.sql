CREATE INDEX bank_statement_by_time ON bank_statement (merchant_id, by_time, id) WHERE NOT deleted;
CREATE INDEX statement_entry_kind ON statement_entry (merchant_id, kind, by_day, id) WHERE NOT deleted;

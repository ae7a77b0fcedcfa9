CREATE INDEX mail_by_time ON mail (merchant_id, by_time, id) WHERE NOT deleted;
CREATE INDEX mail_by_kind ON mail (merchant_id, kind) WHERE NOT deleted;
CREATE INDEX mail_documents ON mail USING gin (document_ids);

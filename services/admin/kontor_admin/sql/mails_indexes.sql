CREATE INDEX mail_by_time ON mail (merchant_id, by_time, id) WHERE NOT deleted;
CREATE INDEX mail_by_kind ON mail (merchant_id, kind) WHERE NOT deleted;
CREATE INDEX mail_documents ON mail USING gin (document_ids);
CREATE INDEX mail_failed ON mail (merchant_id, by_time) WHERE state IN ('failed', 'bounced') AND NOT deleted;
CREATE INDEX mail_again ON mail ((data ->> 'resend_of')) WHERE data ->> 'resend_of' <> '';

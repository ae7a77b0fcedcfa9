CREATE INDEX incoming_mail_by_time ON incoming_mail (merchant_id, by_time, id) WHERE NOT deleted;
CREATE INDEX incoming_mail_open ON incoming_mail (merchant_id, by_time) WHERE state = 'open' AND NOT deleted;

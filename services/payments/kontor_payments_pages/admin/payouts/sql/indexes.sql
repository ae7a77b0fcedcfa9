CREATE INDEX payout_by_day ON payout (merchant_id, by_day, id) WHERE NOT deleted;
CREATE INDEX payout_reference ON payout (merchant_id, reference) WHERE NOT deleted;

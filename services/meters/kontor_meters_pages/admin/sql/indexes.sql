-- One index per order of the list; a customer's meters; the meters of one place, one after the other.
CREATE INDEX meter_by_number ON meter (merchant_id, by_number, id) WHERE NOT deleted;
CREATE INDEX meter_by_place ON meter (merchant_id, by_place, id) WHERE NOT deleted;
CREATE INDEX meter_by_read ON meter (merchant_id, by_read, id) WHERE NOT deleted;
CREATE INDEX meter_kind ON meter (merchant_id, kind) WHERE NOT deleted;
CREATE INDEX meter_customer ON meter (customer_id, by_number, id) WHERE NOT deleted;
CREATE INDEX meter_number ON meter (merchant_id, number) WHERE NOT deleted;
CREATE INDEX meter_point ON meter (point_id);
-- A meter's readings; those of its line for comparison; what staff have to decide.
CREATE INDEX reading_meter ON reading (meter_id, by_time, id) WHERE NOT deleted;
CREATE INDEX reading_series ON reading (series_id, by_time) WHERE state = 'valid';
CREATE INDEX reading_waiting ON reading (merchant_id, by_entered, id) WHERE state IN ('to_be_checked', 'implausible') AND NOT deleted;
CREATE INDEX consumption_point ON consumption (point_id, year) WHERE NOT deleted;
CREATE INDEX reading_request_by_made ON reading_request (merchant_id, by_made, id) WHERE NOT deleted;
CREATE INDEX reading_invitation_request ON reading_invitation (request_id) WHERE NOT deleted;
CREATE INDEX batch_by_time ON batch (merchant_id, by_time, id) WHERE NOT deleted;

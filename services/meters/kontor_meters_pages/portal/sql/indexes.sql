CREATE INDEX meter_listed ON meter (customer_id, by_place, id) WHERE listed;
CREATE INDEX meter_point ON meter (point_id);
CREATE INDEX reading_meter ON reading (meter_id, taken_at, id);
CREATE INDEX reading_to_check ON reading (meter_id) WHERE state = 'to_be_checked';
CREATE INDEX consumption_point ON consumption (point_id, year);
CREATE INDEX reading_invitation_open ON reading_invitation (customer_id, due_on) WHERE cardinality(waiting) > 0

-- Offered to other owners' pages: what an open document of a customer can be charged to while the customer is not there.
CREATE VIEW chargeable_method AS
    SELECT m.merchant_id, m.customer_id, m.data ->> 'display' AS display
    FROM saved_method m WHERE m.is_default AND m.state <> 'ended' AND NOT m.deleted;

-- What few addresses of the list ask for. Functions of their own: PostgreSQL would begin each part of the list's plan at every
-- request, also those that it then does not need.

-- The count of new documents, where the list's rows do not tell it.
CREATE OR REPLACE FUNCTION _new_count(document_id uuid, customers uuid[], visible_types text[], sees jsonb, subject text)
RETURNS bigint LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT {new_count}
    FROM (SELECT _new_count.document_id, _new_count.customers, _new_count.visible_types, _new_count.sees, _new_count.subject) r;
END;

-- The contracts and orders of the latest documents, for the page's select, which leaves out what is there twice.
CREATE OR REPLACE FUNCTION _labels(customers uuid[], visible_types text[], sees jsonb, subject text)
RETURNS text LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT '[' || string_agg(recent.label_brief, ',') || ']'
    FROM (SELECT _labels.visible_types, _labels.sees, _labels.subject) r
    CROSS JOIN unnest(_labels.customers) customer (id)
    {holder}
    CROSS JOIN LATERAL (
        SELECT d.label_brief FROM document d
        WHERE {visible} AND d.customer_id = customer.id AND d.label IS NOT NULL
        ORDER BY d.by_date DESC LIMIT {cap}
    ) recent;
END;

-- Of log-ins with several customers.
CREATE OR REPLACE FUNCTION _customers(customers uuid[])
RETURNS json LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT json_agg(c.data ORDER BY c.name) FROM customer c WHERE c.id = ANY (_customers.customers);
END;

-- Whether one of them supplies something, too.
CREATE OR REPLACE FUNCTION _any_supplies(customers uuid[])
RETURNS boolean LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM customer c WHERE c.id = ANY (_any_supplies.customers) AND c.role_bits & {supplies} <> 0);
END;

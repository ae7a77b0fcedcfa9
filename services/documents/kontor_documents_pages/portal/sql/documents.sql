-- One page of the list in one order. {sort}: date, due, amount, number; {direction}: asc, desc with {beyond}: >, <.
-- `after_key`, `after_id`: the last row of the page before, or what lies before all rows.
-- `counts`: by type, at most {cap}. Sessions of a document link get no rows here but those of its thread (see thread).
CREATE OR REPLACE FUNCTION documents_by_{sort}_{direction}(
    asked_hash text, asked_slug text, at timestamptz, of_type text, of_status text, of_year integer, of_words text[],
    of_customer uuid, after_key text, after_id uuid, many integer
)
RETURNS TABLE (
    state text, session json, merchant json, today date, counts json, entries text[], last_key text, last_id uuid,
    more boolean, years integer[], customers json
)
LANGUAGE sql STABLE SECURITY DEFINER
-- The planner knows none of the filters and expects them to leave nothing: it would fetch all of a customer's documents
-- and sort them. Without sorts it walks along the order's index and stops after a page.
SET enable_sort = off
SET enable_bitmapscan = off
SET plan_cache_mode = force_generic_plan
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, counted.counts, page.entries[:many], page.keys[many], page.ids[many],
        cardinality(page.entries) > many, span.years,
        CASE WHEN cardinality(r.customers) > 1 THEN
            (SELECT json_agg(c.data ORDER BY c.name) FROM customer c WHERE c.id = ANY (r.customers))
        END
    FROM _reader(asked_hash, asked_slug, at) r
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN r.document_id IS NOT NULL THEN '{}'::uuid[]
            WHEN of_customer IS NULL THEN r.customers
            WHEN of_customer = ANY (r.customers) THEN ARRAY[of_customer]
            ELSE '{}'
        END AS customers
    ) asked
    CROSS JOIN LATERAL (
        SELECT json_object_agg(kind.type, kind.many) AS counts FROM (
            SELECT visible.type, sum(picked.many)::integer AS many
            FROM unnest(r.visible_types) visible (type), unnest(asked.customers) customer (id)
            CROSS JOIN LATERAL (
                SELECT count(*) AS many FROM (
                    SELECT FROM document d WHERE d.shown AND d.customer_id = customer.id AND d.type = visible.type LIMIT {cap}
                ) capped
            ) picked
            WHERE picked.many > 0 GROUP BY visible.type
        ) kind
    ) counted
    CROSS JOIN LATERAL (
        SELECT array_agg(x.entry) AS entries, array_agg(x.key) AS keys, array_agg(x.id) AS ids FROM (
            SELECT picked.* FROM unnest(asked.customers) customer (id)
            CROSS JOIN LATERAL (
                SELECT d.by_{sort} AS key, d.id, _entry(d.brief, s.status, p.brief) AS entry
                FROM document d
                LEFT JOIN document_payment p ON p.document_id = d.id
                CROSS JOIN LATERAL (SELECT _status(d.state, p.state, d.due_date, p.open_minor, r.today) AS status) s
                WHERE d.shown AND d.customer_id = customer.id AND d.type = ANY (r.visible_types)
                  AND (d.by_{sort}, d.id) {beyond} (after_key, after_id)
                  AND (of_type IS NULL OR d.type = of_type)
                  AND (of_year IS NULL OR d.year = of_year)
                  AND (of_words IS NULL OR d.words LIKE ALL (of_words))
                  AND (of_status IS NULL OR s.status = of_status
                       OR of_status = 'open' AND s.status IN ('partly_paid', 'overdue'))
                ORDER BY d.by_{sort} {direction}, d.id {direction} LIMIT many + 1
            ) picked
            ORDER BY picked.key {direction}, picked.id {direction} LIMIT many + 1
        ) x
    ) page
    CROSS JOIN LATERAL (
        SELECT ARRAY[left(min(edge.first), 4)::integer, left(max(edge.last), 4)::integer] AS years
        FROM unnest(asked.customers) customer (id)
        CROSS JOIN LATERAL (
            SELECT
                (SELECT d.by_date FROM document d WHERE d.shown AND d.customer_id = customer.id AND d.by_date > ''
                 ORDER BY d.by_date, d.id LIMIT 1) AS first,
                (SELECT d.by_date FROM document d WHERE d.shown AND d.customer_id = customer.id AND d.by_date > ''
                 ORDER BY d.by_date DESC, d.id DESC LIMIT 1) AS last
        ) edge
    ) span;
END;

-- What was written on a document (the last 300 comments), what staff noted for themselves, and who of the customer has read it.
CREATE OR REPLACE FUNCTION _conversation(of_document uuid)
RETURNS json LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT json_build_object(
        'comments', coalesce((SELECT json_agg(last.data ORDER BY last.number) FROM (
            SELECT c.data, c.number FROM comment c WHERE c.document_id = of_document AND NOT c.deleted
            ORDER BY c.number DESC LIMIT 300
        ) last), '[]'),
        'notes', coalesce((SELECT json_agg(last.data ORDER BY last.by_time) FROM (
            SELECT n.data, n.by_time FROM note n WHERE n.document_id = of_document AND NOT n.deleted
            ORDER BY n.by_time DESC LIMIT 100
        ) last), '[]'),
        'readers', coalesce((SELECT json_agg(m.data ORDER BY m.by_time) FROM (
            SELECT m.data, m.by_time FROM read_mark m WHERE m.document_id = of_document AND NOT m.deleted
            ORDER BY m.by_time LIMIT 50
        ) m), '[]')
    );
END;

-- Documents with comments of customers that nobody has answered, who has waited longest first.
CREATE OR REPLACE FUNCTION _open_questions(of_merchant uuid, many integer)
RETURNS json LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT json_agg(json_build_object(
        'document_id', asked.document_id, 'since', asked.since, 'count', asked.many, 'comment', asked.last,
        'document', d.brief::json, 'customer', c.name) ORDER BY asked.since)
    FROM (
        SELECT q.document_id, min(q.by_time) AS since, count(*) AS many, (array_agg(q.data ORDER BY q.number DESC))[1] AS last
        FROM (
            SELECT o.document_id, o.by_time, o.number, o.data FROM comment o
            WHERE o.merchant_id = of_merchant AND o.open AND NOT o.deleted ORDER BY o.by_time LIMIT 1000
        ) q
        GROUP BY q.document_id ORDER BY min(q.by_time) LIMIT many
    ) asked
    JOIN document d ON d.id = asked.document_id AND d.merchant_id = of_merchant
    LEFT JOIN customer c ON c.id = d.customer_id AND c.merchant_id = of_merchant;
END;

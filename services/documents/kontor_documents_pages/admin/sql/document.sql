-- One document with everything around it. `document` is NULL where the merchant has none such.
CREATE OR REPLACE FUNCTION document(asked_hash text, at timestamptz, asked uuid)
RETURNS TABLE (
    state text, session json, merchant json, today date, waiting json, document json, status text, payment json,
    content text, customer json, suggested json, payments json, mails json, link json, related text[],
    conversation json, chargeable text
)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, r.waiting, found.data, found.status, found.payment, found.content,
        found.customer, found.suggested, found.payments, found.mails, found.link, found.related,
        found.conversation, found.chargeable
    FROM _staff(asked_hash, at) r
    LEFT JOIN LATERAL (
        SELECT d.data, p.data AS payment,
            _status(d.state, p.state, d.due_date, p.open_minor, r.today) AS status,
            (SELECT c.body FROM content c WHERE c.merchant_id = d.merchant_id AND c.sha256 = d.content_sha256) AS content,
            (SELECT c.data FROM customer c WHERE c.id = d.customer_id AND c.merchant_id = d.merchant_id) AS customer,
            (SELECT c.data FROM customer c
             WHERE c.id = d.suggested_customer_id AND c.merchant_id = d.merchant_id) AS suggested,
            (SELECT json_agg(b.data ORDER BY b.by_time DESC) FROM booked_payment b
             WHERE b.document_id = d.id AND b.merchant_id = d.merchant_id) AS payments,
            (SELECT json_agg(m.data ORDER BY m.by_time DESC) FROM (
                SELECT m.data, m.by_time FROM mail m
                WHERE m.document_ids @> ARRAY[d.id] AND m.merchant_id = d.merchant_id AND NOT m.deleted
                ORDER BY m.by_time DESC LIMIT 20) m) AS mails,
            _conversation(d.id) AS conversation,
            (SELECT g.display FROM chargeable_method g
             WHERE g.customer_id = d.customer_id AND g.merchant_id = d.merchant_id LIMIT 1) AS chargeable,
            (SELECT l.data FROM link l
             WHERE l.customer_id = d.customer_id AND l.document_id = d.id AND NOT l.mailed AND NOT l.deleted
             AND l.merchant_id = d.merchant_id LIMIT 1) AS link,
            -- Of a long thread what is nearest in time.
            (SELECT array_agg(t.entry ORDER BY t.by_date, t.id) FROM (
                SELECT o.by_date, o.id,
                    _entry(o.brief, _status(o.state, q.state, o.due_date, q.open_minor, r.today), q.brief, NULL) AS entry
                FROM document o LEFT JOIN document_payment q ON q.document_id = o.id
                WHERE o.thread_id = d.thread_id AND o.id <> d.id AND o.merchant_id = d.merchant_id AND NOT o.deleted
                ORDER BY abs(nullif(o.by_date, '')::date - nullif(d.by_date, '')::date), o.id LIMIT 30
            ) t) AS related
        FROM document d
        LEFT JOIN document_payment p ON p.document_id = d.id
        WHERE d.id = asked AND d.merchant_id = r.merchant_id AND NOT d.deleted
    ) found ON true;
END;

-- What became of submissions: by their ids, or the newest that were uploaded.
CREATE OR REPLACE FUNCTION submissions(asked_hash text, at timestamptz, asked uuid[], many integer)
RETURNS TABLE (state text, session json, merchant json, today date, waiting json, submissions json)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, r.waiting, (
        SELECT json_agg(
            json_build_object('submission', s.data, 'group', made.release_group, 'document', made.entry) ORDER BY s.by_time DESC
        )
        FROM (
            (SELECT u.data, u.by_time, u.document_id FROM submission u
             WHERE asked IS NULL AND u.merchant_id = r.merchant_id AND u.source = 'upload' AND NOT u.deleted
             ORDER BY u.by_time DESC LIMIT many)
            UNION ALL
            SELECT i.data, i.by_time, i.document_id FROM submission i
            WHERE i.id = ANY (asked) AND i.merchant_id = r.merchant_id AND NOT i.deleted
        ) s
        LEFT JOIN LATERAL (
            SELECT d.release_group,
                _entry(d.brief, _status(d.state, p.state, d.due_date, p.open_minor, r.today), p.brief, c.name)::json AS entry
            FROM document d
            LEFT JOIN document_payment p ON p.document_id = d.id
            LEFT JOIN customer c ON c.id = d.customer_id AND c.merchant_id = d.merchant_id
            WHERE d.id = s.document_id AND d.merchant_id = r.merchant_id LIMIT 1
        ) made ON true
    )
    FROM _staff(asked_hash, at) r;
END;

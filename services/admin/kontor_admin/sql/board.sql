-- What happened last, newest first: payments, documents opened and shared, mails that failed, files that were refused.
CREATE OR REPLACE FUNCTION _activity(of_merchant uuid)
RETURNS json LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT json_agg(x.entry ORDER BY x.at DESC) FROM (
        (SELECT p.by_time AS at, json_build_object('kind', 'payment', 'at', coalesce(p.data ->> 'settled_at', p.by_time), 'state', p.state,
            'minor', p.amount_minor, 'currency', p.currency, 'method', p.data ->> 'method', 'failure', p.data ->> 'failure',
            'document_id', p.document_id, 'number', p.data ->> 'document_number', 'customer', c.name,
            'receivable', (SELECT q.state FROM document_payment q WHERE q.document_id = p.document_id)) AS entry
         FROM booked_payment p LEFT JOIN customer c ON c.id = p.customer_id AND c.merchant_id = p.merchant_id
         WHERE p.merchant_id = of_merchant ORDER BY p.by_time DESC LIMIT 8)
        UNION ALL
        (SELECT d.opened_at, json_build_object('kind', 'opened', 'at', d.opened_at, 'document_id', d.id, 'type', d.type,
            'number', d.data ->> 'number', 'customer', coalesce(c.name, d.data ->> 'buyer_name'))
         FROM document d LEFT JOIN customer c ON c.id = d.customer_id AND c.merchant_id = d.merchant_id
         WHERE d.merchant_id = of_merchant AND d.opened_at IS NOT NULL ORDER BY d.opened_at DESC LIMIT 6)
        UNION ALL
        (SELECT d.shared_at, json_build_object('kind', 'shared', 'at', d.shared_at, 'document_id', d.id, 'type', d.type,
            'number', d.data ->> 'number', 'customer', coalesce(c.name, d.data ->> 'buyer_name'))
         FROM document d LEFT JOIN customer c ON c.id = d.customer_id AND c.merchant_id = d.merchant_id
         WHERE d.merchant_id = of_merchant AND d.shared_at IS NOT NULL ORDER BY d.shared_at DESC LIMIT 6)
        UNION ALL
        (SELECT m.by_time, json_build_object('kind', 'mail', 'at', m.by_time, 'state', m.state, 'recipient', m.data ->> 'recipient',
            'subject', m.data ->> 'subject', 'document_id', m.document_ids[1])
         FROM mail m WHERE m.merchant_id = of_merchant AND m.state IN ('failed', 'bounced') AND NOT m.deleted
         ORDER BY m.by_time DESC LIMIT 4)
        UNION ALL
        (SELECT s.by_time, json_build_object('kind', 'rejected', 'at', s.by_time, 'file', s.data ->> 'file_name',
            'message_id', s.data ->> 'error_message_id', 'params', s.data -> 'error_params')
         FROM submission s WHERE s.merchant_id = of_merchant AND s.status = 'rejected' AND NOT s.deleted
         ORDER BY s.by_time DESC LIMIT 4)
        ORDER BY at DESC LIMIT 12
    ) x;
END;

-- The board (A16): sums by currency, what waits, what happened last.
CREATE OR REPLACE FUNCTION board(asked_hash text, at timestamptz)
RETURNS TABLE (
    state text, session json, merchant json, today date, waiting json, open json, pending json, paid json, unread bigint,
    groups json, problems text[], activity json, start json, panels json
)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, r.waiting, open.sums, pending.sums, paid.sums, unread.many,
        _release_groups(r.merchant_id), problems.entries, happened.entries, start.facts,
        json_build_object({panels:board})
    FROM _staff(asked_hash, at) r
    CROSS JOIN LATERAL (
        SELECT json_agg(s ORDER BY s.many DESC) AS sums FROM (
            SELECT p.currency, sum(p.open_minor)::bigint AS minor, count(*) AS many,
                coalesce(sum(p.open_minor) FILTER (WHERE p.due_date < r.today), 0)::bigint AS late_minor,
                count(*) FILTER (WHERE p.due_date < r.today) AS late, min(p.due_date) AS oldest
            FROM document_payment p
            WHERE p.merchant_id = r.merchant_id AND p.open_minor > 0 AND p.state IN ('open', 'partly_paid') AND NOT p.repeats
            GROUP BY p.currency
        ) s
    ) open
    CROSS JOIN LATERAL (
        SELECT json_agg(s ORDER BY s.many DESC) AS sums FROM (
            SELECT p.currency, sum(p.pending_minor)::bigint AS minor, count(*) AS many, max(p.expected_on) AS expected
            FROM document_payment p WHERE p.merchant_id = r.merchant_id AND p.pending_minor > 0 AND NOT p.repeats GROUP BY p.currency
        ) s
    ) pending
    CROSS JOIN LATERAL (
        SELECT json_agg(s ORDER BY s.many DESC) AS sums FROM (
            SELECT p.currency, sum(p.amount_minor)::bigint AS minor, count(*) AS many
            FROM booked_payment p
            WHERE p.merchant_id = r.merchant_id AND p.state = 'succeeded'
              AND p.settled_at >= date_trunc('month', r.today::timestamp) AT TIME ZONE coalesce(r.merchant ->> 'time_zone', 'Europe/Berlin')
              AND p.settled_at < (date_trunc('month', r.today::timestamp) + interval '1 month')
                  AT TIME ZONE coalesce(r.merchant ->> 'time_zone', 'Europe/Berlin')
            GROUP BY p.currency
        ) s
    ) paid
    CROSS JOIN LATERAL (
        SELECT count(*) AS many FROM (
            SELECT FROM document d
            WHERE d.merchant_id = r.merchant_id AND d.state = 'shared' AND d.opened_at IS NULL
              AND d.shared_at < to_char(at AT TIME ZONE 'UTC' - interval '7 days', 'YYYY-MM-DD"T"HH24:MI:SS') LIMIT {cap}
        ) capped
    ) unread
    CROSS JOIN LATERAL (
        SELECT array_agg(x.entry) AS entries FROM (
            SELECT _waiting(d.brief, d.release_group, c.name, h.name) AS entry
            FROM document d
            LEFT JOIN customer c ON c.id = d.customer_id AND c.merchant_id = d.merchant_id
            LEFT JOIN customer h ON h.id = d.suggested_customer_id AND h.merchant_id = d.merchant_id
            WHERE d.merchant_id = r.merchant_id AND d.state = 'waiting' AND NOT d.deleted
              AND d.release_group IN ('invalid', 'unmatched', 'no_email')
            ORDER BY d.by_received DESC, d.id DESC LIMIT 5
        ) x
    ) problems
    CROSS JOIN LATERAL (SELECT _activity(r.merchant_id) AS entries) happened
    CROSS JOIN LATERAL (
        SELECT json_build_object(
            'customers', EXISTS (SELECT FROM customer c WHERE c.merchant_id = r.merchant_id AND NOT c.deleted),
            'documents', EXISTS (SELECT FROM document d WHERE d.merchant_id = r.merchant_id AND NOT d.deleted),
            'shared', EXISTS (SELECT FROM document d WHERE d.merchant_id = r.merchant_id AND d.shared_at IS NOT NULL),
            'api_key', EXISTS (SELECT FROM api_key k WHERE k.merchant_id = r.merchant_id AND NOT k.deleted)
        ) AS facts
    ) start;
END;

-- One document with its payment state, content and thread. `document` is NULL where the reader may not see it,
-- whether or not it exists. `content` is NULL until its lines have been fetched from documents.
CREATE OR REPLACE FUNCTION document(asked_hash text, asked_slug text, at timestamptz, asked uuid)
RETURNS TABLE (
    state text, session json, merchant json, today date, status text, entry text, document json, payment json,
    content text, related text[], customer json, acceptors json, conversation json, counts json, newer json, older json
)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, found.status, found.entry, found.data, found.payment, found.content,
        found.related, found.customer, found.acceptors, found.conversation, {counts}, found.newer, found.older
    FROM _reader(asked_hash, asked_slug, at) r
    LEFT JOIN LATERAL (
        SELECT s.status, _entry(d.brief, s.status, p.brief, {label}, {new}) AS entry, d.data, p.data AS payment,
            (SELECT c.body FROM content c WHERE c.merchant_id = d.merchant_id AND c.sha256 = d.content_sha256) AS content,
            (SELECT c.data FROM customer c WHERE c.id = d.customer_id) AS customer,
            (SELECT c.acceptors FROM customer c WHERE c.id = d.customer_id) AS acceptors,
            _conversation(d.id, r.session ->> 'subject') AS conversation,
            -- A document's link opens no list in which others stood beside it.
            CASE WHEN r.document_id IS NULL THEN {newer} END AS newer,
            CASE WHEN r.document_id IS NULL THEN {older} END AS older,
            -- Of a long thread what a reminder repeats, and what is nearest in time.
            (SELECT array_agg(t.entry ORDER BY t.by_date, t.id) FROM (
                SELECT o.by_date, o.id,
                    _entry(o.brief, _status(o.state, q.state, o.due_date, q.open_minor, r.today), q.brief, o.label_brief, {other_new}) AS entry
                FROM document o LEFT JOIN document_payment q ON q.document_id = o.id
                WHERE o.shown AND o.thread_id = d.thread_id AND o.id <> d.id AND o.customer_id = d.customer_id
                  AND o.role_bits & holder.role_bits <> 0 AND _shows(o.customer_id, o.type, o.outcome, r.visible_types, r.sees)
                ORDER BY (p.data::jsonb -> 'repeats') ? o.id::text DESC,
                    abs(nullif(o.by_date, '')::date - nullif(d.by_date, '')::date), o.id
                LIMIT 50
            ) t) AS related
        FROM document d
        LEFT JOIN document_payment p ON p.document_id = d.id
        CROSS JOIN LATERAL (SELECT _status(d.state, p.state, d.due_date, p.open_minor, r.today) AS status) s
        CROSS JOIN LATERAL (
            SELECT {role_bits} AS role_bits, r.sees
        ) holder
        WHERE d.id = asked AND d.customer_id = ANY (r.customers)
          -- Staff preview the one document they asked for before it is shared, too.
          AND (d.shown AND d.role_bits & holder.role_bits <> 0 AND _shows(d.customer_id, d.type, d.outcome, r.visible_types, r.sees)
            OR d.id = r.draft_id)
          AND (r.document_id IS NULL OR d.id = r.document_id OR d.thread_id = r.thread_id)
    ) found ON true;
END;

-- Whether the reader would see this document had it not been withdrawn.
CREATE OR REPLACE FUNCTION withdrawn_document(asked_hash text, asked_slug text, at timestamptz, asked uuid)
RETURNS TABLE (state text, session json, merchant json, today date, withdrawn boolean)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, EXISTS (
        SELECT FROM document d
        WHERE d.id = asked AND d.state = 'withdrawn' AND d.data ->> 'shared_at' IS NOT NULL AND d.customer_id = ANY (r.customers) AND {for_roles}
          AND _shows(d.customer_id, d.type, d.outcome, r.visible_types, r.sees)
          AND (r.document_id IS NULL OR d.id = r.document_id OR d.thread_id = r.thread_id)
    )
    FROM _reader(asked_hash, asked_slug, at) r;
END;

-- What a document link's session may see: its document and those of its thread.
CREATE OR REPLACE FUNCTION thread(asked_hash text, asked_slug text, at timestamptz)
RETURNS TABLE (state text, session json, merchant json, today date, entries text[])
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, found.entries
    FROM _reader(asked_hash, asked_slug, at) r
    CROSS JOIN LATERAL (
        SELECT array_agg(t.entry) AS entries FROM (
            SELECT _entry(d.brief, _status(d.state, p.state, d.due_date, p.open_minor, r.today), p.brief, {label}, {new}) AS entry
            FROM document d LEFT JOIN document_payment p ON p.document_id = d.id
            WHERE d.shown AND (d.id = r.document_id OR d.thread_id = r.thread_id)
              AND d.customer_id = ANY (r.customers) AND {for_roles}
              AND _shows(d.customer_id, d.type, d.outcome, r.visible_types, r.sees)
            ORDER BY d.by_date DESC, d.id DESC LIMIT 50
        ) t
    ) found;
END;

-- The start page: what is open and for how much (of each customer, in each currency), what came last, how many of each type, whose documents.
CREATE OR REPLACE FUNCTION overview(asked_hash text, asked_slug text, at timestamptz)
RETURNS TABLE (
    state text, session json, merchant json, today date, owed json, due text[], latest text[], customers json
)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, owed.sums, due.entries, latest.entries, named.customers
    FROM _reader(asked_hash, asked_slug, at) r
    CROSS JOIN LATERAL (
        SELECT CASE WHEN r.document_id IS NULL THEN r.customers ELSE '{}' END AS customers
    ) asked
    CROSS JOIN LATERAL (
        SELECT json_agg(json_build_object(
            'customer_id', sums.customer_id, 'currency', sums.currency, 'open', sums.open, 'overdue', sums.overdue,
            'many', sums.many, 'late', sums.late)
            ORDER BY (SELECT c.name FROM customer c WHERE c.id = sums.customer_id), sums.customer_id, sums.many DESC) AS sums
        FROM (
            SELECT picked.customer_id, picked.currency, sum(picked.open_minor) AS open, count(*) AS many,
                coalesce(sum(picked.open_minor) FILTER (WHERE picked.due_date < r.today), 0) AS overdue,
                count(*) FILTER (WHERE picked.due_date < r.today) AS late
            FROM (
                SELECT p.customer_id, p.currency, p.open_minor, d.due_date
                FROM document_payment p JOIN document d ON d.id = p.document_id
                WHERE p.open_minor > 0 AND p.customer_id = ANY (asked.customers) AND p.state IN ('open', 'partly_paid') AND NOT p.repeats
                  AND d.shown AND d.state <> 'cancelled' AND {for_roles}
              AND _shows(d.customer_id, d.type, d.outcome, r.visible_types, r.sees)
                LIMIT 1000
            ) picked
            GROUP BY picked.customer_id, picked.currency
        ) sums
    ) owed
    CROSS JOIN LATERAL (
        SELECT array_agg(t.entry) AS entries FROM (
            SELECT _entry(d.brief, _status(d.state, p.state, d.due_date, p.open_minor, r.today), p.brief, {label}, {new}) AS entry
            FROM document_payment p JOIN document d ON d.id = p.document_id
            WHERE p.open_minor > 0 AND p.customer_id = ANY (asked.customers) AND p.state IN ('open', 'partly_paid') AND NOT p.repeats
              AND d.shown AND d.state <> 'cancelled' AND {for_roles}
              AND _shows(d.customer_id, d.type, d.outcome, r.visible_types, r.sees)
            ORDER BY d.by_due, d.id LIMIT 5
        ) t
    ) due
    CROSS JOIN LATERAL (
        SELECT array_agg(t.entry) AS entries FROM (
            SELECT picked.entry FROM unnest(asked.customers) customer (id)
            CROSS JOIN LATERAL (
                SELECT d.by_date, d.id,
                    _entry(d.brief, _status(d.state, p.state, d.due_date, p.open_minor, r.today), p.brief, {label}, {new}) AS entry
                FROM document d LEFT JOIN document_payment p ON p.document_id = d.id
                WHERE d.shown AND d.customer_id = customer.id AND {for_roles}
                  AND _shows(d.customer_id, d.type, d.outcome, r.visible_types, r.sees)
                ORDER BY d.by_date DESC, d.id DESC LIMIT 6
            ) picked
            ORDER BY picked.by_date DESC, picked.id DESC LIMIT 6
        ) t
    ) latest
    CROSS JOIN LATERAL (
        SELECT json_agg(c.data ORDER BY c.name) AS customers FROM customer c WHERE c.id = ANY (asked.customers)
    ) named;
END;

-- Whether the portal shows documents of this type and outcome to whoever asks. `visible_types` are the merchant's, followed
-- by ":accepted" where only accepted ones show (C22); `sees` are the types of those customers of whom the person sees only
-- some (B18), NULL for everything. Every function that answers documents asks it.
CREATE OR REPLACE FUNCTION _shows(customer uuid, type text, outcome text, visible_types text[], sees jsonb)
RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN (type = ANY (visible_types) OR outcome = 'accepted' AND type || ':accepted' = ANY (visible_types))
    AND (sees IS NULL OR NOT sees ? customer::text OR sees -> customer::text ? type);

-- Who asks, and what of which merchant they may see. No row: the session is unknown, over or of another portal.
-- `state`: open; silent (identity has not been heard for five minutes: nobody could tell us of a revocation);
-- closed (the merchant has switched the portal off). Customers are empty unless the state is open.
CREATE OR REPLACE FUNCTION _reader(asked_hash text, asked_slug text, at timestamptz)
RETURNS TABLE (
    state text, customers uuid[], document_id uuid, thread_id text, visible_types text[], sees jsonb, draft_id uuid,
    subject text, today date, session json, page_session json, told json,
    merchant json
)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT
        who.state,
        CASE WHEN who.state = 'open' THEN s.customers ELSE '{}' END,
        s.document_id,
        CASE WHEN s.document_id IS NULL THEN NULL ELSE (SELECT d.thread_id FROM document d WHERE d.id = s.document_id) END,
        m.visible_types,
        person.sees,
        CASE WHEN s.kind = 'preview' THEN (s.public ->> 'draft_id')::uuid END,
        person.subject,
        (at AT TIME ZONE m.time_zone)::date,
        -- The session as identity said it, and the entries of the navigation.
        ('{"sections":[' || concat_ws(',',
            {sections}
        ) || '],' || substr(s.public::text, 2))::json,
        -- The same for pages that count by themselves what is beside their own entry.
        ('{"sections":[' || concat_ws(',',
            {page_sections}
        ) || '],' || substr(s.public::text, 2))::json,
        -- The session for programs, which follow no navigation.
        ('{"sections":[],' || substr(s.public::text, 2))::json,
        m.data
    FROM session s
    JOIN merchant m ON m.id = s.merchant_id AND m.slug = asked_slug AND NOT m.deleted
    LEFT JOIN identity_heartbeat beat ON true
    -- Read from the session once, and not wherever it is asked for.
    CROSS JOIN LATERAL (
        SELECT nullif((s.public ->> 'sees')::jsonb, '{}') AS sees, s.public ->> 'subject' AS subject OFFSET 0
    ) person
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN coalesce(beat.heard_at < now() - interval '5 minutes', true) THEN 'silent'
            WHEN NOT m.portal_enabled THEN 'closed'
            ELSE 'open'
        END AS state
    ) who
    WHERE s.hash = asked_hash AND NOT s.revoked AND s.expires_at > now() AND s.kind IN ('portal', 'link', 'preview');
END;

-- Public face of a portal: what its log-in page shows. No row where there is none.
CREATE OR REPLACE FUNCTION portal(asked_slug text) RETURNS TABLE (enabled boolean, merchant json)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT m.portal_enabled, m.data FROM merchant m WHERE m.slug = asked_slug AND NOT m.deleted;
END;

-- The session alone, for pages that show nothing but it.
CREATE OR REPLACE FUNCTION reader(asked_hash text, asked_slug text, at timestamptz)
RETURNS TABLE (state text, session json, merchant json, today date)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today FROM _reader(asked_hash, asked_slug, at) r;
END;

-- Which portals this browser's cookies open: a link page keeps the wider of two sessions.
CREATE OR REPLACE FUNCTION session_covers(asked_hash text, asked_slug text, asked_document uuid)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT EXISTS (
        SELECT FROM _reader(asked_hash, asked_slug, now()) r
        WHERE r.state = 'open' AND r.document_id IS NULL
          AND (asked_document IS NULL OR EXISTS (
              SELECT FROM document d WHERE d.id = asked_document AND d.customer_id = ANY (r.customers)))
    );
END;

-- What the page of a secret link calls its document, before anybody has opened it.
CREATE OR REPLACE FUNCTION linked_type(asked_slug text, asked_document uuid)
RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT d.type FROM document d JOIN merchant m ON m.merchant_id = d.merchant_id
    WHERE m.slug = asked_slug AND d.id = asked_document;
END;

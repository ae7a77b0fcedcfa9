-- The functions run as the tables' owner, who may read across merchants. Each answers one narrow question
-- about something the caller already knows: a slug, an address, a hash or an id.
CREATE FUNCTION merchant_by_slug(p_slug text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT id FROM merchant WHERE slug = p_slug
$$;

CREATE FUNCTION merchants_of_staff(p_email text) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT merchant_id FROM staff WHERE email = p_email ORDER BY merchant_id
$$;

CREATE FUNCTION merchant_of_link(p_id uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT merchant_id FROM link WHERE id = p_id
$$;

CREATE FUNCTION merchant_of_challenge(p_id uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT merchant_id FROM challenge WHERE id = p_id
$$;

CREATE FUNCTION merchant_of_session(p_hash text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT merchant_id FROM session WHERE hash = p_hash
$$;

CREATE FUNCTION logo_media_type(p_sha256 text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT media_type FROM logo WHERE sha256 = p_sha256 LIMIT 1
$$;

CREATE FUNCTION api_key_actor(p_hash text)
RETURNS TABLE (id uuid, merchant_id uuid, name text, scopes text[], last_used_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT id, merchant_id, name, scopes, last_used_at FROM api_key
    WHERE hash = p_hash AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
$$;

-- Who is behind these sessions and what is granted to them at this moment. One call per command: it is planned once
-- per connection, because planning takes ten times as long as the answer. `open` are the customers somebody may act for
-- whose portal is on, `accepts` those of them for whom it may accept quotes; `sees` names the document types of each
-- customer of whom only some are seen.
CREATE FUNCTION session_actors(p_hashes text[])
RETURNS TABLE (
    hash text, id uuid, epoch bigint, version bigint, merchant_id uuid, slug text, kind text,
    staff_id uuid, user_id uuid, contact_id uuid, customer_id uuid, document_id uuid, link_id uuid,
    name text, email text, language text, role text,
    authenticated_at timestamptz, seen_at timestamptz, ends_at timestamptz, expires_at timestamptz, ended boolean,
    open uuid[], accepts uuid[], sees text
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
RETURN QUERY
SELECT s.hash, s.id, s.epoch, s.version, s.merchant_id, m.slug, s.kind,
       s.staff_id, s.user_id, s.contact_id, s.customer_id, s.document_id, s.link_id,
       COALESCE(me.name, u.name, co.name, cu.name, ''), COALESCE(me.email, u.email, s.email),
       COALESCE(me.language, u.language, co.language, cu.language, m.language), COALESCE(me.role, ''),
       GREATEST(s.created_at, s.confirmed_at), s.seen_at, s.ends_at, s.expires_at,
       s.revoked_at IS NOT NULL OR s.expires_at <= now()
           OR CASE s.kind WHEN 'staff' THEN NOT st.active WHEN 'preview' THEN NOT (st.active AND g.granted)
              ELSE NOT g.granted END,
       COALESCE(g.open, '{}'), COALESCE(g.accepts, '{}'), COALESCE(g.sees, '{}')::text
FROM session s
JOIN merchant m ON m.id = s.merchant_id
LEFT JOIN staff st ON st.id = s.staff_id
-- A preview shows what its customer sees, whose member of staff it is stands nowhere on it.
LEFT JOIN staff me ON me.id = s.staff_id AND s.kind = 'staff'
LEFT JOIN portal_user u ON u.id = s.user_id
LEFT JOIN contact co ON co.id = s.contact_id
LEFT JOIN customer cu ON cu.id = s.customer_id
CROSS JOIN LATERAL (
    SELECT count(*) > 0 AS granted,
           array_agg(c.id ORDER BY c.id) FILTER (WHERE portal.enabled) AS open,
           array_agg(c.id ORDER BY c.id) FILTER (WHERE portal.enabled AND mine.accepts) AS accepts,
           jsonb_object_agg(c.id, mine.types) FILTER (WHERE mine.types IS NOT NULL) AS sees
    FROM (SELECT given.id,
        -- Nobody decides about quotes that they do not see.
        bool_or(given.accepts AND (given.types = '{}' OR 'quote' = ANY (given.types))) AS accepts,
        CASE WHEN bool_and(given.types <> '{}') THEN array_agg(DISTINCT seen.type) END AS types
    FROM (
        -- A login: the contacts that were granted to it.
        SELECT k.customer_id AS id, k.may_accept AS accepts, k.document_types AS types
        FROM contact k WHERE k.user_id = s.user_id AND k.access = 'active'
        UNION ALL
        -- A secret link: of this generation, not revoked, its person not revoked.
        SELECT l.customer_id, COALESCE(co.may_accept, true), COALESCE(co.document_types, '{}') FROM link l
        WHERE l.id = s.link_id AND l.generation = s.link_generation AND l.revoked_at IS NULL AND l.expires_at > now()
          AND NOT EXISTS (SELECT FROM contact k WHERE k.id = l.contact_id AND k.access = 'revoked')
        UNION ALL
        -- A mailed code: whoever still has this address, at one customer or at all of them.
        SELECT k.customer_id, k.may_accept, k.document_types FROM contact k
        WHERE s.kind = 'portal' AND s.user_id IS NULL AND k.merchant_id = s.merchant_id AND k.email = s.email
          AND k.access <> 'revoked' AND (s.customer_id IS NULL OR s.customer_id = k.customer_id)
        UNION ALL
        SELECT o.id, true, '{}' FROM customer o
        WHERE s.kind = 'portal' AND s.user_id IS NULL AND o.merchant_id = s.merchant_id AND o.email = s.email
          AND (s.customer_id IS NULL OR s.customer_id = o.id)
          -- The customer's mailbox may be that of a person, who then counts.
          AND NOT EXISTS (SELECT FROM contact k WHERE k.customer_id = o.id AND k.email = o.email)
        UNION ALL
        -- A preview by staff: as this person, or as the customer's own mailbox.
        SELECT s.customer_id, COALESCE(co.may_accept, true), COALESCE(co.document_types, '{}')
        WHERE s.kind = 'preview' AND co.access IS DISTINCT FROM 'revoked'
    ) given
    LEFT JOIN LATERAL unnest(given.types) seen (type) ON true
    GROUP BY given.id) mine
    JOIN customer c ON c.id = mine.id
    CROSS JOIN LATERAL (
        SELECT m.portal_enabled
            AND CASE c.portal_access WHEN 'on' THEN true WHEN 'off' THEN false ELSE m.portal_access_default END AS enabled
    ) portal
) g
WHERE s.hash = ANY (p_hashes);
END
$$;

CREATE FUNCTION resource_of_link(p_id uuid)
RETURNS TABLE (
    merchant_id uuid, slug text, portal_enabled boolean, language text, resource text, generation bigint,
    closed boolean
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT l.merchant_id, m.slug, m.portal_enabled, m.language, l.resource, l.generation,
           l.revoked_at IS NOT NULL OR l.expires_at <= now()
    FROM capability_link l JOIN merchant m ON m.id = l.merchant_id WHERE l.id = p_id
$$;

-- What these functions look up across merchants.
CREATE POLICY lookup ON logo FOR SELECT TO CURRENT_USER USING (true);

CREATE POLICY lookup ON staff FOR SELECT TO CURRENT_USER USING (true);

CREATE POLICY lookup ON customer FOR SELECT TO CURRENT_USER USING (true);

CREATE POLICY lookup ON contact FOR SELECT TO CURRENT_USER USING (true);

CREATE POLICY lookup ON portal_user FOR SELECT TO CURRENT_USER USING (true);

CREATE POLICY lookup ON link FOR SELECT TO CURRENT_USER USING (true);

CREATE POLICY lookup ON challenge FOR SELECT TO CURRENT_USER USING (true);

CREATE POLICY lookup ON api_key FOR SELECT TO CURRENT_USER USING (true);

CREATE POLICY lookup ON capability_link FOR SELECT TO CURRENT_USER USING (true);

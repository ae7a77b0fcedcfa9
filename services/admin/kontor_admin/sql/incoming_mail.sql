-- One incoming mail, and the documents that it may be about: what it answers first, then those of who wrote it, else what is looked for.
CREATE OR REPLACE FUNCTION incoming_mail(asked_hash text, at timestamptz, asked uuid, of_words text[], many integer)
RETURNS TABLE (state text, session json, merchant json, today date, waiting json, mail json, choices json)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, r.waiting, i.data, (
        SELECT json_agg(x.entry) FROM (
            SELECT json_build_object('document_id', d.id, 'type', d.type, 'number', d.data ->> 'number', 'customer', c.name,
                'date', d.data ->> 'issue_date') AS entry
            FROM document d JOIN customer c ON c.id = d.customer_id AND c.merchant_id = d.merchant_id
            WHERE d.merchant_id = r.merchant_id AND NOT d.deleted AND d.state IN ('shared', 'cancelled')
              AND CASE
                  WHEN of_words IS NOT NULL THEN d.words || ' ' || c.words LIKE ALL (of_words)
                  WHEN i.customer_id IS NOT NULL THEN d.customer_id = i.customer_id
                  ELSE i.sender <> '' AND strpos(c.words, i.sender) > 0
              END
            ORDER BY d.id = i.document_id DESC NULLS LAST, d.by_date DESC, d.id LIMIT many
        ) x
    )
    FROM _staff(asked_hash, at) r
    LEFT JOIN incoming_mail i ON i.id = asked AND i.merchant_id = r.merchant_id AND NOT i.deleted;
END;

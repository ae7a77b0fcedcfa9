-- How many quotes stand where: {"draft": 2, "open": 5, "soon": 1, …}
CREATE OR REPLACE FUNCTION _quote_stands(of_merchant uuid, today date)
RETURNS json LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT coalesce(json_object_agg(g.name, g.many), '{}') FROM (
        SELECT CASE WHEN d.stand = 'promised' THEN 'accepted' ELSE d.stand END AS name, count(*) AS many FROM document d
        WHERE d.merchant_id = of_merchant AND d.stand IS NOT NULL AND NOT d.deleted GROUP BY 1
        UNION ALL
        SELECT 'soon', count(*) FROM document d
        WHERE d.merchant_id = of_merchant AND d.stand = 'open' AND d.valid_until <= today + 7 AND NOT d.deleted HAVING count(*) > 0
        UNION ALL
        SELECT 'unpaid', count(*) FROM document_payment p JOIN document d ON d.id = p.document_id
        WHERE p.merchant_id = of_merchant AND p.failed AND d.stand = 'accepted' AND NOT d.deleted HAVING count(*) > 0
        UNION ALL
        SELECT 'overpaid', count(*) FROM document_payment p JOIN document d ON d.id = p.document_id
        WHERE p.merchant_id = of_merchant AND p.overpaid_minor > 0 AND d.type = 'quote' AND NOT d.deleted HAVING count(*) > 0
    ) g;
END;

-- What the board says of quotes: counts, what customers ask for, accepted ones whose payment failed, those for which more was paid
-- than is asked for now, what was decided in the last two weeks and what ends within a week. NULL for a merchant without quotes.
CREATE OR REPLACE FUNCTION _quotes_board(of_merchant uuid, today date)
RETURNS json LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT json_build_object('stands', counted.stands, 'requests', asked.entries, 'unpaid', unpaid.entries,
        'overpaid', overpaid.entries, 'entries', shown.entries)
    FROM (SELECT _quote_stands(of_merchant, today) AS stands) counted
    CROSS JOIN LATERAL (
        SELECT json_agg(json_build_object('id', x.id, 'number', x.number, 'customer', x.customer, 'kind', x.kind, 'text', x.said)
            ORDER BY x.asked_at) AS entries
        FROM (
            SELECT d.id, d.data ->> 'number' AS number, coalesce(c.name, d.data ->> 'buyer_name') AS customer, d.asked_at,
                d.data -> 'request' ->> 'kind' AS kind, d.data -> 'request' ->> 'text' AS said
            FROM document d LEFT JOIN customer c ON c.id = d.customer_id AND c.merchant_id = d.merchant_id
            WHERE d.merchant_id = of_merchant AND d.asked_at IS NOT NULL AND NOT d.deleted ORDER BY d.asked_at LIMIT 10
        ) x
    ) asked
    CROSS JOIN LATERAL (
        SELECT json_agg(z.entry::json ORDER BY z.decided_at) AS entries FROM (
            SELECT d.decided_at, _entry(d.brief, NULL, p.brief, c.name) AS entry
            FROM document_payment p JOIN document d ON d.id = p.document_id
            LEFT JOIN customer c ON c.id = d.customer_id AND c.merchant_id = d.merchant_id
            WHERE p.merchant_id = of_merchant AND p.failed AND d.stand = 'accepted' AND NOT d.deleted
            ORDER BY d.decided_at LIMIT 10
        ) z
    ) unpaid
    CROSS JOIN LATERAL (
        SELECT json_agg(z.entry::json ORDER BY z.by_received, z.id) AS entries FROM (
            SELECT d.id, d.by_received, _entry(d.brief, NULL, p.brief, c.name) AS entry
            FROM document_payment p JOIN document d ON d.id = p.document_id
            LEFT JOIN customer c ON c.id = d.customer_id AND c.merchant_id = d.merchant_id
            WHERE p.merchant_id = of_merchant AND p.overpaid_minor > 0 AND d.type = 'quote' AND NOT d.deleted
            ORDER BY d.by_received, d.id LIMIT 10
        ) z
    ) overpaid
    CROSS JOIN LATERAL (
        SELECT json_agg(y.entry::json ORDER BY y.at DESC NULLS LAST, y.by_valid) AS entries FROM (
            (SELECT d.decided_at AS at, d.by_valid, _entry(d.brief, NULL, p.brief, c.name) AS entry
             FROM document d LEFT JOIN document_payment p ON p.document_id = d.id
             LEFT JOIN customer c ON c.id = d.customer_id AND c.merchant_id = d.merchant_id
             WHERE d.merchant_id = of_merchant AND d.decided_at >= to_char(today - 14, 'YYYY-MM-DD') AND NOT d.deleted
             ORDER BY d.decided_at DESC LIMIT 5)
            UNION ALL
            (SELECT NULL, d.by_valid, _entry(d.brief, NULL, NULL, c.name)
             FROM document d LEFT JOIN customer c ON c.id = d.customer_id AND c.merchant_id = d.merchant_id
             WHERE d.merchant_id = of_merchant AND d.stand = 'open' AND d.valid_until <= today + 7 AND NOT d.deleted
             ORDER BY d.by_valid LIMIT 5)
        ) y
    ) shown
    WHERE counted.stands::text <> '{}';
END;

-- What is open by due date and the customer's habit, what is on its way, and the habit of all customers. A habit is the median of days
-- between due date and payment of what was due in the last year, where at least `at_least` documents were paid.
CREATE OR REPLACE FUNCTION expected_payments(asked_hash text, at timestamptz, at_least integer)
RETURNS TABLE (state text, session json, merchant json, today date, waiting json, opened json, on_its_way json, usual json)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT r.state, r.session, r.merchant, r.today, r.waiting, x.opened, x.on_its_way, x.usual
    FROM _staff(asked_hash, at) r
    CROSS JOIN LATERAL (
        WITH paid AS MATERIALIZED (
            SELECT p.customer_id,
                ((p.data ->> 'paid_at')::timestamptz AT TIME ZONE coalesce(r.merchant ->> 'time_zone', 'Europe/Berlin'))::date - p.due_date AS late
            FROM receivable p
            WHERE p.merchant_id = r.merchant_id AND NOT p.deleted AND NOT p.repeats AND p.state = 'paid'
              AND p.due_date >= r.today - 365 AND p.data ->> 'paid_at' IS NOT NULL
        ), habit AS MATERIALIZED (
            SELECT customer_id, percentile_disc(0.5) WITHIN GROUP (ORDER BY late) AS days_late
            FROM paid GROUP BY customer_id HAVING count(*) >= at_least
        ), open AS (
            SELECT p.currency, h.days_late, coalesce((part ->> 'due_date')::date, p.due_date) AS due,
                coalesce((part ->> 'open_minor')::bigint, p.open_minor) AS minor
            FROM receivable p LEFT JOIN habit h ON h.customer_id = p.customer_id
            LEFT JOIN LATERAL json_array_elements(p.data -> 'instalments') part ON true
            WHERE p.merchant_id = r.merchant_id AND NOT p.deleted AND NOT p.repeats AND p.open_minor > 0
        ), way AS (
            SELECT p.currency, p.expected_on, sum(p.pending_minor) AS minor
            FROM receivable p
            WHERE p.merchant_id = r.merchant_id AND NOT p.deleted AND NOT p.repeats AND p.pending_minor > 0
            GROUP BY p.currency, p.expected_on
        )
        SELECT
            (SELECT json_agg(g) FROM (SELECT currency, due, days_late, sum(minor) AS minor FROM open GROUP BY 1, 2, 3) g) AS opened,
            (SELECT json_agg(way) FROM way) AS on_its_way,
            (SELECT json_build_object('invoices', count(*), 'days_late', percentile_disc(0.5) WITHIN GROUP (ORDER BY late)) FROM paid) AS usual
    ) x;
END;

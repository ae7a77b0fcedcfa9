-- How many wait, by what they wait for: {"ready": 297, "no_email": 6, …}
CREATE OR REPLACE FUNCTION _release_groups(of_merchant uuid)
RETURNS json LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT coalesce(json_object_agg(g.release_group, g.many), '{}') FROM (
        SELECT d.release_group, count(*) AS many FROM document d
        WHERE d.merchant_id = of_merchant AND d.state = 'waiting' AND d.release_group <> 'draft' AND NOT d.deleted GROUP BY d.release_group
    ) g;
END;

CREATE OR REPLACE FUNCTION _waiting(brief text, release_group text, customer text, suggested text)
RETURNS text LANGUAGE sql IMMUTABLE
RETURN '{"group":' || to_json(release_group)::text || ',"suggested":' || coalesce(to_json(suggested)::text, 'null') || ','
    || substr(_entry(brief, NULL, NULL, customer), 2);

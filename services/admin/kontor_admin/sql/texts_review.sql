-- Since when texts and standing documents have not been reviewed, where that is longer than a year: the last review, else
-- the newest version. NULL where it is not, and for merchants without standing documents who never reviewed anything.
CREATE OR REPLACE FUNCTION _texts_review(of_merchant uuid, today date)
RETURNS json LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT CASE WHEN last.day < today - interval '1 year' THEN json_build_object('since', last.day) END
    FROM (
        SELECT coalesce(
            (SELECT nullif(m.data ->> 'texts_reviewed_on', '')::date FROM merchant m WHERE m.id = of_merchant),
            (SELECT max((d.data #>> '{versions,0,valid_from}')::timestamptz)::date FROM standing_document d
             WHERE d.merchant_id = of_merchant AND NOT d.deleted)
        ) AS day
    ) last;
END;

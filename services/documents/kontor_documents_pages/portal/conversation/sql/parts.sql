-- What was written on a document (the last 200 comments), and what this reader has read of it (NULL: nothing yet).
CREATE OR REPLACE FUNCTION _conversation(of_document uuid, of_reader text)
RETURNS json LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT json_build_object(
        'comments', coalesce((SELECT json_agg(last.data ORDER BY last.number) FROM (
            SELECT c.data, c.number FROM comment c WHERE c.document_id = of_document AND NOT c.deleted
            ORDER BY c.number DESC LIMIT 200
        ) last), '[]'),
        'read', (SELECT json_build_object('revision', m.revision, 'comment_number', m.comment_number)
            FROM read_mark m WHERE m.document_id = of_document AND m.reader = of_reader)
    );
END;

-- Of all merchants: mails that nobody sends, or that do not go out after several attempts.
CREATE FUNCTION mails_stuck() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*) FROM mail WHERE state = 'queued' AND (next_attempt_at < now() - interval '10 minutes' OR attempts > 4)
$$;

-- Of all merchants: mails that came in and do not become the comment they are meant to be.
CREATE FUNCTION incoming_mails_stuck() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*) FROM incoming_mail WHERE state = 'received'
    AND (next_attempt_at < now() - interval '10 minutes' OR attempts > 4)
$$;

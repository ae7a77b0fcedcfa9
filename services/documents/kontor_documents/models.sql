CREATE FUNCTION history_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'actor' - 'actor_salt' = to_jsonb(OLD) - 'actor' - 'actor_salt' THEN
        RETURN NEW; -- a person was erased
    END IF;
    RAISE EXCEPTION 'history is append-only';
END $$;

CREATE TRIGGER history_is_append_only BEFORE UPDATE OR DELETE ON history_entry
    FOR EACH ROW EXECUTE FUNCTION history_is_append_only();

-- Of all merchants: what has waited for a minute without having been looked at, or could not be made; refunds whose credit note
-- could not be made.
CREATE FUNCTION documents_stuck() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT (SELECT count(*) FROM document WHERE state = 'waiting'
    AND (NOT settled AND received_at < now() - interval '1 minute' OR issues @> '[{"code": "not_made"}]'))
    + (SELECT count(*) FROM refund_to_credit WHERE try_at IS NOT NULL AND attempts > 2)
$$;

CREATE FUNCTION evidence_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'evidence is append-only';
END $$;

CREATE TRIGGER evidence_is_append_only BEFORE UPDATE OR DELETE ON acceptance_evidence
    FOR EACH ROW EXECUTE FUNCTION evidence_is_append_only();

CREATE FUNCTION history_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'actor' - 'actor_salt' = to_jsonb(OLD) - 'actor' - 'actor_salt' THEN
        RETURN NEW; -- a person was erased
    END IF;
    RAISE EXCEPTION 'history is append-only';
END $$;

CREATE TRIGGER history_is_append_only BEFORE UPDATE OR DELETE ON history_entry
    FOR EACH ROW EXECUTE FUNCTION history_is_append_only();

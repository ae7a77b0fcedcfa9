-- A webhook names its connection, not its merchant.
CREATE FUNCTION connection_merchant(wanted_provider text, wanted uuid) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT merchant_id FROM connection WHERE id = wanted AND provider = wanted_provider $$;

CREATE POLICY lookup ON connection FOR SELECT TO CURRENT_USER USING (true);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger only grows';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON booking FOR EACH ROW EXECUTE FUNCTION refuse_change();

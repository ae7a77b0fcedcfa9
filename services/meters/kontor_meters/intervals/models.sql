-- ATTACH takes a lock that readers and writers of the other months do not mind; PARTITION OF would stop them all.
CREATE FUNCTION make_interval_month(wanted date) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    first timestamp := date_trunc('month', wanted::timestamp);
    name text := 'interval_value_' || to_char(first, 'YYYYMM');
BEGIN
    IF to_regclass('public.' || name) IS NOT NULL THEN
        RETURN false;
    END IF;
    IF wanted < '1999-12-01' OR wanted > now() + interval '14 months' THEN
        RAISE EXCEPTION 'no month for %', wanted;
    END IF;
    PERFORM pg_advisory_xact_lock(7311, to_char(first, 'YYYYMM')::int);
    -- Asked with a snapshot of its own: to_regclass may still remember that there was none.
    IF EXISTS (SELECT FROM pg_class WHERE relname = name AND relnamespace = 'public'::regnamespace) THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE interval_value INCLUDING ALL)', name);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format(
        'CREATE POLICY tenant ON %I'
        ' USING (merchant_id = NULLIF(current_setting(''kontor.merchant_id'', true), '''')::uuid)'
        ' WITH CHECK (merchant_id = NULLIF(current_setting(''kontor.merchant_id'', true), '''')::uuid)', name);
    EXECUTE format(
        'ALTER TABLE interval_value ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
        name, first AT TIME ZONE 'UTC', (first + interval '1 month') AT TIME ZONE 'UTC');
    RETURN true;
END $$;

-- COPY does not write to tables with row-level security, so it writes here: one per connection, empty after each
-- transaction. The runtime role may make no tables, not even temporary ones.
CREATE FUNCTION make_interval_stage() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET client_min_messages = 'warning' AS $$
BEGIN
    IF to_regclass('pg_temp.interval_stage') IS NULL THEN
        CREATE TEMP TABLE interval_stage (
            fresh boolean, register_id uuid, day date, starts_at timestamptz, quantities bigint[], total bigint, count integer
        ) ON COMMIT DELETE ROWS;
        EXECUTE format('GRANT SELECT, INSERT ON pg_temp.interval_stage TO %I', session_user);
    END IF;
END $$;

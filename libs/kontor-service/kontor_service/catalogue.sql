-- What is in the schema public, one row per thing. The names are those of DROP statements.
WITH relation AS (
    SELECT c.* FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE 'alembic_version%'
), own AS (SELECT * FROM relation WHERE relkind IN ('r', 'p'))
SELECT 'TABLE ' || relname AS name,
       concat_ws(' ', relkind, relpersistence, reloptions::text, pg_get_partkeydef(oid), relacl::text) AS definition
FROM own
UNION ALL
SELECT 'ROW SECURITY ON ' || relname, 'forced: ' || relforcerowsecurity FROM own WHERE relrowsecurity
UNION ALL
SELECT 'COLUMN ' || c.relname || '.' || a.attname,
       concat_ws(' ', format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'NOT NULL' END,
                 'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), 'IDENTITY ' || nullif(a.attidentity::text, ''),
                 'GENERATED ' || nullif(a.attgenerated::text, ''))
FROM own c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
UNION ALL
-- NOT NULL is a property of the column.
SELECT 'CONSTRAINT ' || k.conname || ' ON ' || c.relname, pg_get_constraintdef(k.oid)
FROM own c JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype <> 'n'
UNION ALL
SELECT 'INDEX ' || relname, pg_get_indexdef(oid) FROM relation
WHERE relkind IN ('i', 'I') AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = relation.oid)
UNION ALL
SELECT 'SEQUENCE ' || relname, concat_ws(' ', relpersistence, relacl::text) FROM relation WHERE relkind = 'S'
UNION ALL
SELECT 'VIEW ' || relname, pg_get_viewdef(oid) FROM relation WHERE relkind IN ('v', 'm')
UNION ALL
SELECT 'POLICY ' || p.polname || ' ON ' || c.relname,
       concat_ws(' ', p.polcmd, p.polpermissive, p.polroles::regrole[]::text, pg_get_expr(p.polqual, p.polrelid),
                 'CHECK ' || pg_get_expr(p.polwithcheck, p.polrelid))
FROM own c JOIN pg_policy p ON p.polrelid = c.oid
UNION ALL
SELECT 'TRIGGER ' || t.tgname || ' ON ' || c.relname, concat_ws(' ', pg_get_triggerdef(t.oid), t.tgenabled)
FROM own c JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal
UNION ALL
SELECT 'FUNCTION ' || proname, string_agg(concat_ws(' ', pg_get_functiondef(oid), proacl::text), E'\n' ORDER BY proargtypes::text)
FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind = 'f' GROUP BY proname
UNION ALL
SELECT 'TYPE ' || typname, format_type(typbasetype, typtypmod) FROM pg_type
WHERE typnamespace = 'public'::regnamespace AND typtype IN ('d', 'e', 'r')
ORDER BY name

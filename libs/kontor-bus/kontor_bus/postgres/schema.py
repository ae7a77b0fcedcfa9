"""Tables of the bus database. Declared from code, as queues are, by whichever service comes first."""

from typing import Any

# An event as it stands in both tables.
_EVENT = """event_id uuid NOT NULL, type text NOT NULL, source text NOT NULL, subject text NOT NULL,
        time timestamptz NOT NULL, merchant_id uuid, traceparent text, body bytea NOT NULL"""
SCHEMA_SQL: tuple[str, ...] = (
    "CREATE SCHEMA IF NOT EXISTS bus",
    """
    CREATE TABLE IF NOT EXISTS bus.queue (
        name text PRIMARY KEY,
        service text NOT NULL
    )
    """,
    # `matcher` is the pattern as a regular expression (see kontor_bus.patterns).
    """
    CREATE TABLE IF NOT EXISTS bus.binding (
        queue text NOT NULL REFERENCES bus.queue ON DELETE CASCADE,
        pattern text NOT NULL,
        matcher text NOT NULL,
        PRIMARY KEY (queue, pattern)
    )
    """,
    # `deliveries` counts how often the row was handed out: one that takes the process down with it is found by that.
    f"""
    CREATE TABLE IF NOT EXISTS bus.delivery (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        queue text NOT NULL REFERENCES bus.queue ON DELETE CASCADE,
        {_EVENT},
        attempt integer NOT NULL DEFAULT 0,
        deliveries integer NOT NULL DEFAULT 0,
        available_at timestamptz NOT NULL DEFAULT now()
    ) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000)
    """,
    "CREATE INDEX IF NOT EXISTS delivery_due ON bus.delivery (queue, available_at, id)",
    f"""
    CREATE TABLE IF NOT EXISTS bus.dead (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        service text NOT NULL,
        queue text NOT NULL,
        {_EVENT},
        attempt integer NOT NULL,
        error text NOT NULL,
        died_at timestamptz NOT NULL DEFAULT now()
    )
    """,
    "CREATE INDEX IF NOT EXISTS dead_service ON bus.dead (service, id)",
)

# Columns and attributes of an envelope that have the same name; `event_id` is its id.
ENVELOPE_FIELDS = ("type", "source", "subject", "time", "merchant_id", "traceparent", "body")
ENVELOPE_COLUMNS = ", ".join(("event_id", *ENVELOPE_FIELDS))

# Any constant: it keeps two services that start together from creating the same table.
_LOCK = 0x6B6F6E746F72


async def ensure_schema(connection: Any) -> None:
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
        if await connection.fetchval("SELECT to_regclass('bus.dead_service') IS NULL"):
            for statement in SCHEMA_SQL:
                await connection.execute(statement)

"""What the bus keeps in a service's own database: the outbox and the inbox.

Neither has row-level security: the relay and the consumers work for every merchant. The role that
runs the service gets its rights through the database's default privileges.
"""

# available_at comes first in the index: a row that could not be published moves out of the way of
# the others instead of being found again at the head of every batch. The hard autovacuum settings
# keep that index short, because every row leaves it within milliseconds.
OUTBOX_SQL: tuple[str, ...] = (
    """
    CREATE TABLE outbox (
        id uuid PRIMARY KEY,
        type text NOT NULL,
        subject text NOT NULL,
        merchant_id uuid,
        payload bytea NOT NULL,
        headers jsonb NOT NULL DEFAULT '{}',
        occurred_at timestamptz NOT NULL DEFAULT now(),
        published_at timestamptz,
        attempts integer NOT NULL DEFAULT 0,
        available_at timestamptz NOT NULL DEFAULT now(),
        error text
    ) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000)
    """,
    "CREATE INDEX outbox_unpublished ON outbox (available_at, id) WHERE published_at IS NULL",
    "CREATE INDEX outbox_published ON outbox (published_at) WHERE published_at IS NOT NULL",
)

# Rows come in the order of time, so a block range index is enough to expire them.
INBOX_SQL: tuple[str, ...] = (
    """
    CREATE TABLE inbox (
        consumer text NOT NULL,
        event_id uuid NOT NULL,
        processed_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (consumer, event_id)
    )
    """,
    "CREATE INDEX inbox_processed ON inbox USING brin (processed_at)",
)

INFRASTRUCTURE_SQL: tuple[str, ...] = OUTBOX_SQL + INBOX_SQL
"""Statements for a service's first migration, to be executed one by one as the owner of the schema."""

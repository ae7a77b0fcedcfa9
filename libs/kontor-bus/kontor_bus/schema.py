"""What the bus keeps in a service's own database: the outbox and the inbox.

Neither has row-level security: the relay and the consumers work for every merchant. The role that
runs the service gets its rights through the database's default privileges.
"""

from sqlalchemy import Column, DateTime, Index, Integer, LargeBinary, MetaData, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

BUS = MetaData()
_NOW = text("now()")
_INSTANT = DateTime(timezone=True)

# available_at comes first in the index: a row that could not be published moves out of the way of
# the others instead of being found again at the head of every batch. The hard autovacuum settings
# keep that index short, because every row leaves it within milliseconds.
OUTBOX = Table(
    "outbox",
    BUS,
    Column("id", Uuid, primary_key=True),
    Column("type", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("merchant_id", Uuid),
    Column("payload", LargeBinary, nullable=False),
    Column("headers", JSONB, nullable=False, server_default=text("'{}'")),
    Column("occurred_at", _INSTANT, nullable=False, server_default=_NOW),
    Column("published_at", _INSTANT),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("available_at", _INSTANT, nullable=False, server_default=_NOW),
    Column("error", Text),
    Index("outbox_unpublished", "available_at", "id", postgresql_where=text("published_at IS NULL")),
    Index("outbox_published", "published_at", postgresql_where=text("published_at IS NOT NULL")),
    postgresql_with={"autovacuum_vacuum_scale_factor": "0.02", "autovacuum_vacuum_threshold": "1000"},
)

# Rows come in the order of time, so a block range index is enough to expire them.
INBOX = Table(
    "inbox",
    BUS,
    Column("consumer", Text, primary_key=True),
    Column("event_id", Uuid, primary_key=True),
    Column("processed_at", _INSTANT, nullable=False, server_default=_NOW),
    Index("inbox_processed", "processed_at", postgresql_using="brin"),
)

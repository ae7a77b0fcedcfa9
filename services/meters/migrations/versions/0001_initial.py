"""Initial."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    # Expand first, contract in a later release: the code of both releases runs side by side.
    execute = op.get_bind().exec_driver_sql
    op.create_table(
        "batch",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("stored", sa.BigInteger(), nullable=False),
        sa.Column("duplicates", sa.BigInteger(), nullable=False),
        sa.Column("corrected", sa.BigInteger(), nullable=False),
        sa.Column("parked", sa.BigInteger(), nullable=False),
        sa.Column("refused", sa.BigInteger(), nullable=False),
        sa.Column("passed", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('meters', 'readings', 'intervals')", name=op.f("ck_batch_kind")),
        sa.CheckConstraint("source IN ('csv', 'http', 'bus')", name=op.f("ck_batch_source")),
        sa.CheckConstraint("state IN ('preview', 'running', 'done', 'failed', 'dropped')", name=op.f("ck_batch_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
    )
    op.create_index("batch_by_id", "batch", ["merchant_id", "id"], unique=False)
    op.create_index(
        "batch_content",
        "batch",
        ["merchant_id", "content_sha256"],
        unique=True,
        postgresql_where=sa.text("source <> 'csv'"),
    )
    op.create_index(
        "batch_running", "batch", ["merchant_id"], unique=False, postgresql_where=sa.text("state = 'running'")
    )
    op.create_table(
        "consumption",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.Column("meter_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("obis", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("tariff", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("days", sa.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("bases", sa.Text(), nullable=False),
        sa.Column("months", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("projection", postgresql.JSONB(), nullable=True),
        sa.CheckConstraint("unit IN ('kWh', 'm3')", name=op.f("ck_consumption_unit")),
        sa.CheckConstraint("array_length(days, 1) IN (365, 366)", name=op.f("ck_consumption_days")),
        sa.CheckConstraint("array_length(months, 1) = 12", name=op.f("ck_consumption_months")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consumption")),
        sa.UniqueConstraint(
            "series_id",
            "year",
            "customer_id",
            name=op.f("uq_consumption_series_id_year_customer_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("consumption_by_id", "consumption", ["merchant_id", "id"], unique=False)
    op.create_index(
        "consumption_projected",
        "consumption",
        ["year"],
        unique=False,
        postgresql_where=sa.text("projection IS NOT NULL"),
    )
    op.create_table(
        "consumption_mark",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consumption_mark")),
    )
    op.create_index("consumption_mark_series", "consumption_mark", ["merchant_id", "series_id"], unique=False)
    op.create_table(
        "customer",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
    )
    op.create_index("customer_number", "customer", ["merchant_id", "number"], unique=False)
    op.create_table(
        "idempotency",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("answer", postgresql.JSONB(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("length(key) BETWEEN 1 AND 200", name=op.f("ck_idempotency_key")),
        sa.PrimaryKeyConstraint("merchant_id", "scope", "key", name=op.f("pk_idempotency")),
    )
    op.create_table(
        "inbox",
        sa.Column("consumer", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("processed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("consumer", "event_id", name=op.f("pk_inbox")),
    )
    op.create_index("inbox_processed", "inbox", ["processed_at"], unique=False, postgresql_using="brin")
    op.create_table(
        "interval_day",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("register_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("register_id", "day", name=op.f("pk_interval_day")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_table(
        "interval_month",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("register_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("register_id", "month", name=op.f("pk_interval_month")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_table(
        "interval_replaced",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("register_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
    )
    op.create_index("interval_replaced_register", "interval_replaced", ["register_id", "starts_at"], unique=False)
    op.create_table(
        "interval_value",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("register_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("value >= 0", name=op.f("ck_interval_value_value")),
        sa.PrimaryKeyConstraint("register_id", "starts_at", name=op.f("pk_interval_value")),
        postgresql_partition_by="RANGE (starts_at)",
    )
    op.create_table(
        "merchant",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merchant")),
    )
    op.create_index("merchant_slug", "merchant", ["slug"], unique=False)
    op.create_table(
        "meter",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("market_location_id", sa.Text(), nullable=False),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("post_code", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("place_detail", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("customer_number", sa.Text(), nullable=False),
        sa.Column("in_use_from", sa.Date(), nullable=False),
        sa.Column("in_use_to", sa.Date(), nullable=True),
        sa.Column("predecessor_id", sa.Uuid(), nullable=True),
        sa.Column("successor_id", sa.Uuid(), nullable=True),
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('electricity', 'gas', 'water', 'heat')", name=op.f("ck_meter_kind")),
        sa.CheckConstraint("in_use_to >= in_use_from", name=op.f("ck_meter_in_use")),
        sa.ForeignKeyConstraint(["predecessor_id"], ["meter.id"], name=op.f("fk_meter_predecessor_id_meter")),
        sa.ForeignKeyConstraint(
            ["successor_id"],
            ["meter.id"],
            name=op.f("fk_meter_successor_id_meter"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meter")),
    )
    op.create_index("meter_customer", "meter", ["customer_id"], unique=False)
    op.create_index(
        "meter_external_id",
        "meter",
        ["merchant_id", "external_id"],
        unique=True,
        postgresql_where=sa.text("external_id <> ''"),
    )
    op.create_index("meter_number", "meter", ["merchant_id", "number"], unique=False)
    op.create_index(
        "meter_number_in_use",
        "meter",
        ["merchant_id", "kind", "number"],
        unique=True,
        postgresql_where=sa.text("in_use_to IS NULL AND NOT deleted"),
    )
    op.create_index(
        "meter_waiting",
        "meter",
        ["merchant_id", "customer_number"],
        unique=False,
        postgresql_where=sa.text("customer_id IS NULL"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=True),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("headers", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("available_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        postgresql_with={"autovacuum_vacuum_scale_factor": "0.02", "autovacuum_vacuum_threshold": "1000"},
    )
    op.create_index(
        "outbox_published",
        "outbox",
        ["published_at"],
        unique=False,
        postgresql_where=sa.text("published_at IS NOT NULL"),
    )
    op.create_index(
        "outbox_unpublished",
        "outbox",
        ["available_at", "id"],
        unique=False,
        postgresql_where=sa.text("published_at IS NULL"),
    )
    op.create_table(
        "photo",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("uploaded_by", sa.Text(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("merchant_id", "sha256", name=op.f("pk_photo")),
    )
    op.create_table(
        "reading_request",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("remind_on", sa.Date(), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("estimate", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("meters", sa.BigInteger(), nullable=False),
        sa.Column("read", sa.BigInteger(), nullable=False),
        sa.Column("estimated", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_reading_request_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_request")),
    )
    op.create_index(
        "reading_request_open",
        "reading_request",
        ["merchant_id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "tenure",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("series_id", "since", name=op.f("pk_tenure")),
    )
    op.create_table(
        "batch_line",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("details", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('stored', 'questioned', 'duplicate', 'corrected', 'parked', 'refused')",
            name=op.f("ck_batch_line_outcome"),
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_batch_line_batch_id_batch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_line")),
    )
    op.create_index("batch_line_batch", "batch_line", ["batch_id", "line", "id"], unique=False)
    op.create_table(
        "parked_item",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("meter", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("item", postgresql.JSONB(), nullable=False),
        sa.Column("parked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind IN ('reading', 'interval')", name=op.f("ck_parked_item_kind")),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_parked_item_batch_id_batch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parked_item")),
        sa.UniqueConstraint("merchant_id", "digest", name=op.f("uq_parked_item_merchant_id_digest")),
    )
    op.create_index("parked_item_meter", "parked_item", ["merchant_id", "meter"], unique=False)
    op.create_table(
        "reading_invitation",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('invited', 'reminded', 'done', 'closed')", name=op.f("ck_reading_invitation_state")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["reading_request.id"], name=op.f("fk_reading_invitation_request_id_reading_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_invitation")),
    )
    op.create_index("reading_invitation_request", "reading_invitation", ["request_id"], unique=False)
    op.create_table(
        "register",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meter_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("obis", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("tariff", sa.Text(), nullable=False),
        sa.Column("digits_before", sa.BigInteger(), nullable=False),
        sa.Column("digits_after", sa.BigInteger(), nullable=False),
        sa.Column("factor", sa.Numeric(), nullable=False),
        sa.Column("gas_periods", postgresql.JSONB(), nullable=False),
        sa.Column("interval", sa.Boolean(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("last_value", sa.Numeric(), nullable=True),
        sa.Column("last_taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("direction IN ('consumption', 'feed_in')", name=op.f("ck_register_direction")),
        sa.CheckConstraint("tariff IN ('single', 'high', 'low')", name=op.f("ck_register_tariff")),
        sa.CheckConstraint("unit IN ('kWh', 'MWh', 'm3', 'GJ')", name=op.f("ck_register_unit")),
        sa.CheckConstraint("digits_after BETWEEN 0 AND 6", name=op.f("ck_register_digits_after")),
        sa.CheckConstraint("digits_before BETWEEN 1 AND 12", name=op.f("ck_register_digits_before")),
        sa.CheckConstraint("factor > 0", name=op.f("ck_register_factor")),
        sa.ForeignKeyConstraint(["meter_id"], ["meter.id"], name=op.f("fk_register_meter_id_meter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register")),
        sa.UniqueConstraint("meter_id", "direction", "tariff", name=op.f("uq_register_meter_id_direction_tariff")),
    )
    op.create_index("register_series", "register", ["series_id"], unique=False)
    op.create_table(
        "invited_meter",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        sa.Column("meter_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('invited', 'read', 'estimated', 'left_out')", name=op.f("ck_invited_meter_state")
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["reading_invitation.id"], name=op.f("fk_invited_meter_invitation_id_reading_invitation")
        ),
        sa.ForeignKeyConstraint(["meter_id"], ["meter.id"], name=op.f("fk_invited_meter_meter_id_meter")),
        sa.PrimaryKeyConstraint("invitation_id", "meter_id", name=op.f("pk_invited_meter")),
    )
    op.create_index("invited_meter_meter", "invited_meter", ["meter_id"], unique=False)
    op.create_table(
        "reading",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("meter_id", sa.Uuid(), nullable=False),
        sa.Column("register_id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("findings", postgresql.JSONB(), nullable=False),
        sa.Column("insisted", sa.Boolean(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("photo_sha256", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("replaced_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "channel IN ('account', 'link', 'staff', 'api', 'csv', 'bus', 'estimate')", name=op.f("ck_reading_channel")
        ),
        sa.CheckConstraint(
            "reason IN ('regular', 'move_in', 'move_out', 'exchange', 'interim', 'final')",
            name=op.f("ck_reading_reason"),
        ),
        sa.CheckConstraint("source IN ('customer', 'staff', 'system', 'estimate')", name=op.f("ck_reading_source")),
        sa.CheckConstraint(
            "state IN ('valid', 'to_be_checked', 'implausible', 'rejected', 'replaced')", name=op.f("ck_reading_state")
        ),
        sa.CheckConstraint("value >= 0", name=op.f("ck_reading_value")),
        sa.ForeignKeyConstraint(["meter_id"], ["meter.id"], name=op.f("fk_reading_meter_id_meter")),
        sa.ForeignKeyConstraint(["register_id"], ["register.id"], name=op.f("fk_reading_register_id_register")),
        sa.ForeignKeyConstraint(
            ["replaced_by"],
            ["reading.id"],
            name=op.f("fk_reading_replaced_by_reading"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading")),
    )
    op.create_index("reading_by_id", "reading", ["merchant_id", "id"], unique=False)
    op.create_index(
        "reading_external_id",
        "reading",
        ["merchant_id", "external_id"],
        unique=True,
        postgresql_where=sa.text("external_id <> '' AND state <> 'replaced'"),
    )
    op.create_index("reading_register", "reading", ["register_id", "taken_at"], unique=False)
    op.create_index(
        "reading_series",
        "reading",
        ["series_id", "taken_at"],
        unique=False,
        postgresql_where=sa.text("state = 'valid'"),
    )
    op.create_index(
        "reading_valid",
        "reading",
        ["register_id", "taken_at"],
        unique=True,
        postgresql_where=sa.text("state = 'valid'"),
    )
    execute("ALTER TABLE batch ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON batch
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE consumption ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON consumption
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE consumption_mark ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON consumption_mark
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE customer ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON customer
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE idempotency ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON idempotency
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE interval_day ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON interval_day
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE interval_month ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON interval_month
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE interval_replaced ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON interval_replaced
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE interval_value ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON interval_value
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE merchant ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON merchant
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE meter ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON meter
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE photo ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON photo
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE reading_request ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON reading_request
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE tenure ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON tenure
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE batch_line ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON batch_line
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE parked_item ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON parked_item
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE reading_invitation ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON reading_invitation
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE register ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON register
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE invited_meter ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON invited_meter
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("ALTER TABLE reading ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    execute("""CREATE POLICY tenant ON reading
    USING (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)
    WITH CHECK (merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid)""")
    execute("""-- ATTACH takes a lock that readers and writers of the other months do not mind; PARTITION OF would stop them all.
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
END $$""")
    execute("""-- COPY does not write to tables with row-level security, so it writes here: one per connection, empty after each
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
END $$""")
    execute("CREATE POLICY lookup ON meter FOR SELECT TO CURRENT_USER USING (true)")
    execute("""CREATE FUNCTION merchants_with_meters() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM meter WHERE true $$""")
    execute("CREATE POLICY lookup ON reading_request FOR SELECT TO CURRENT_USER USING (true)")
    execute("""CREATE FUNCTION merchants_with_open_requests() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM reading_request WHERE state = 'open' $$""")
    execute("CREATE POLICY lookup ON merchant FOR SELECT TO CURRENT_USER USING (true)")
    execute("""CREATE FUNCTION merchants_by_slug(wanted text) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM merchant WHERE slug = wanted $$""")
    execute("CREATE POLICY lookup ON batch FOR SELECT TO CURRENT_USER USING (true)")
    execute("""CREATE FUNCTION merchants_with_running_batches() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM batch WHERE state = 'running' $$""")
    execute("""CREATE FUNCTION merchants_with_batches() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM batch WHERE true $$""")
    execute("CREATE POLICY lookup ON parked_item FOR SELECT TO CURRENT_USER USING (true)")
    execute("""CREATE FUNCTION merchants_with_parked_items() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM parked_item WHERE true $$""")
    execute("CREATE POLICY lookup ON consumption_mark FOR SELECT TO CURRENT_USER USING (true)")
    execute("""CREATE FUNCTION merchants_with_marks() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM consumption_mark WHERE true $$""")
    execute("CREATE POLICY lookup ON consumption FOR SELECT TO CURRENT_USER USING (true)")
    execute("""CREATE FUNCTION merchants_with_consumption() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM consumption WHERE true $$""")
    execute("""CREATE FUNCTION merchants_with_past_projections(running bigint) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT DISTINCT merchant_id FROM consumption WHERE projection IS NOT NULL AND year < running $$""")

    execute("""-- Of all merchants: files whose storing does not get on, meters whose parked values are not stored though they are there, and
-- days that are not summed.
CREATE FUNCTION readings_stuck() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH RECURSIVE names AS (
        (SELECT merchant_id, meter, parked_at FROM parked_item ORDER BY merchant_id, meter LIMIT 1)
        UNION ALL
        SELECT following.* FROM names n CROSS JOIN LATERAL (
            SELECT p.merchant_id, p.meter, p.parked_at FROM parked_item p
            WHERE (p.merchant_id, p.meter) > (n.merchant_id, n.meter) ORDER BY p.merchant_id, p.meter LIMIT 1) following
    )
    SELECT (SELECT count(*) FROM batch WHERE state = 'running' AND told_at < now() - interval '2 minutes')
    + (SELECT count(*) FROM names n WHERE parked_at < now() - interval '2 minutes' AND EXISTS (
        SELECT FROM meter m WHERE m.merchant_id = n.merchant_id AND NOT m.deleted
        AND (m.number = n.meter OR m.external_id = n.meter AND m.external_id <> '')))
    -- What could not be summed is marked for later.
    + (SELECT count(*) FROM consumption_mark WHERE marked_at < now() - interval '2 minutes' OR marked_at > now())
$$""")

"""Initial."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    # Expand first, contract in a later release: the code of both releases runs side by side.
    execute = op.get_bind().exec_driver_sql
    op.create_table(
        "content",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("merchant_id", "sha256", name=op.f("pk_content")),
    )
    op.create_table(
        "content_wanted",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("merchant_id", "sha256", name=op.f("pk_content_wanted")),
    )
    op.create_index("content_wanted_due", "content_wanted", ["due_at"], unique=False)
    op.create_table(
        "identity_heartbeat",
        sa.Column("one_row", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("one_row", name=op.f("ck_identity_heartbeat_one_row")),
        sa.PrimaryKeyConstraint("one_row", name=op.f("pk_identity_heartbeat")),
    )
    op.create_table(
        "page_functions",
        sa.Column("schema", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("outdated", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("schema", name=op.f("pk_page_functions")),
    )
    op.create_table(
        "session",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("customers", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("public", sa.JSON(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_session")),
    )
    op.create_index("session_expires", "session", ["expires_at"], unique=False)
    op.create_table(
        "views_state",
        sa.Column("one_row", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("shape", sa.Text(), nullable=False),
        sa.Column("next_shape", sa.Text(), nullable=True),
        sa.Column("next_has_gaps", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("one_row", name=op.f("ck_views_state_one_row")),
        sa.PrimaryKeyConstraint("one_row", name=op.f("pk_views_state")),
    )
    # Until identity has been heard, no private page is shown.
    execute("INSERT INTO identity_heartbeat (heard_at) VALUES ('-infinity')")
    # The copy role creates and swaps generations of the copy.
    execute("""DO $$ BEGIN
        EXECUTE format('GRANT CREATE ON DATABASE %I TO kontor_gateway_copy', current_database());
    END $$""")

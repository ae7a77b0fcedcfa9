"""What outlives a generation of the copy: sessions, fetched content, when identity was last heard."""

from alembic import op

from kontor_edge.migrations import views_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    views_tables(op, "admin")
    # Written from identity's answers and by its pushes; `public` is what pages may know of it.
    op.execute(
        """
        CREATE TABLE session (
            hash text PRIMARY KEY,
            id uuid NOT NULL,
            kind text NOT NULL,
            merchant_id uuid NOT NULL,
            public json NOT NULL,
            expires_at timestamptz NOT NULL,
            version bigint NOT NULL,
            revoked boolean NOT NULL
        )
        """
    )
    op.execute("CREATE INDEX session_expires ON session (expires_at)")
    op.execute(
        """
        CREATE TABLE identity_heartbeat (
            one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row),
            heard_at timestamptz NOT NULL
        )
        """
    )
    op.execute("INSERT INTO identity_heartbeat (heard_at) VALUES ('-infinity')")
    # Lines and texts of documents by their hash: immutable, so fetched once.
    op.execute(
        """
        CREATE TABLE content (
            merchant_id uuid NOT NULL,
            sha256 text NOT NULL,
            body text NOT NULL,
            PRIMARY KEY (merchant_id, sha256)
        )
        """
    )


def downgrade() -> None:
    op.execute("DROP SCHEMA IF EXISTS next, live, old CASCADE")
    op.execute("DROP TABLE content, identity_heartbeat, session, views_state")

"""What an edge's first migration creates: the state of its copy, and what outlives a generation of it."""

from typing import Any

_TABLES = (
    """
    CREATE TABLE views_state (
        one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row),
        generation integer NOT NULL,
        shape text NOT NULL,
        -- The shape of the second generation while there is one; and whether a process of another shape has
        -- applied something that is therefore missing in it.
        next_shape text,
        next_has_gaps boolean NOT NULL DEFAULT false
    )
    """,
    # The builds whose functions there are (functions.py). `outdated`: they do not fit the live tables.
    """
    CREATE TABLE page_functions (
        schema text PRIMARY KEY,
        body text NOT NULL,
        role text NOT NULL,
        seen_at timestamptz NOT NULL DEFAULT now(),
        outdated boolean NOT NULL DEFAULT false
    )
    """,
    # Written from identity's answers and by its pushes; `public` is what pages may know of it.
    """
    CREATE TABLE session (
        hash text PRIMARY KEY,
        id uuid NOT NULL,
        kind text NOT NULL,
        merchant_id uuid NOT NULL,
        customers uuid[] NOT NULL,
        document_id uuid,
        public json NOT NULL,
        expires_at timestamptz NOT NULL,
        epoch integer NOT NULL,
        version bigint NOT NULL,
        revoked boolean NOT NULL
    )
    """,
    "CREATE INDEX session_expires ON session (expires_at)",
    """
    CREATE TABLE identity_heartbeat (
        one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row),
        heard_at timestamptz NOT NULL
    )
    """,
    "INSERT INTO identity_heartbeat (heard_at) VALUES ('-infinity')",
    # Immutable, so fetched once.
    """
    CREATE TABLE content (
        merchant_id uuid NOT NULL,
        sha256 text NOT NULL,
        body text NOT NULL,
        PRIMARY KEY (merchant_id, sha256)
    )
    """,
    """
    CREATE TABLE content_wanted (
        merchant_id uuid NOT NULL,
        sha256 text NOT NULL,
        attempts integer NOT NULL DEFAULT 0,
        due_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (merchant_id, sha256)
    )
    """,
    "CREATE INDEX content_wanted_due ON content_wanted (due_at)",
)


def edge_tables(op: Any, edge: str) -> None:
    """The tables, and the right of the copy role to create and swap generations."""
    for statement in _TABLES:
        op.execute(statement)
    op.execute(
        f"DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO kontor_{edge}_copy', current_database()); END $$"
    )


def drop_edge_tables(op: Any) -> None:
    op.execute("DROP SCHEMA IF EXISTS next, live, old CASCADE")
    op.execute("DROP TABLE content_wanted, content, identity_heartbeat, session, page_functions, views_state")

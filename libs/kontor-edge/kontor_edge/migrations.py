"""What an edge's first migration creates for its copy, beside the edge's own tables."""

from typing import Any


def views_tables(op: Any, edge: str) -> None:
    """The state of the generations, and the right of the copy role to create and swap them."""
    op.execute(
        """
        CREATE TABLE views_state (
            one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row),
            generation integer NOT NULL,
            shape text NOT NULL,
            functions text NOT NULL,
            -- The shape of the second generation while there is one; and whether a process of another shape has
            -- applied something that is therefore missing in it.
            next_shape text,
            next_has_gaps boolean NOT NULL DEFAULT false
        )
        """
    )
    op.execute(
        f"DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO kontor_{edge}_copy', current_database()); END $$"
    )

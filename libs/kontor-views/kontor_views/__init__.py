"""An edge's copy of the facts: applying snapshots, reading, rebuilding."""

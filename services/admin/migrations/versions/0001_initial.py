"""The state of the copy, and what outlives a generation of it: sessions, fetched content, when identity was last heard."""

from alembic import op

from kontor_edge.migrations import drop_edge_tables, edge_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    edge_tables(op, "admin")


def downgrade() -> None:
    drop_edge_tables(op)

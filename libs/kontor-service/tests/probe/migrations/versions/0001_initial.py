"""A table with a tenant's rows."""

from alembic import op

import kontor_probe
from kontor_service.schema import create_all, metadata_of

revision = "0001"
down_revision = None


def upgrade():
    create_all(op.get_bind(), metadata_of(kontor_probe))

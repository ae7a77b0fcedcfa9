"""The tables that an edge has beside its copy: they outlive a generation of it. The page role reaches none of them.

An edge's models.py says `METADATA = metadata_with(EDGE)`.
"""

from functools import partial

import sqlalchemy as sa

from kontor_service.models import index

EDGE = sa.MetaData()
_Needed = partial(sa.Column, nullable=False)
_INSTANT = sa.DateTime(timezone=True)

sa.Table(
    "views_state",
    EDGE,
    sa.Column("one_row", sa.Boolean, primary_key=True, server_default=sa.text("true")),
    _Needed("generation", sa.BigInteger),
    _Needed("shape", sa.Text),
    # The shape of the second generation while there is one; and whether a process of another shape has applied
    # something that is therefore missing in it.
    sa.Column("next_shape", sa.Text),
    _Needed("next_has_gaps", sa.Boolean, server_default=sa.text("false")),
    sa.CheckConstraint("one_row", name="one_row"),
)
# The builds whose functions there are (functions.py). `outdated`: they do not fit the live tables.
sa.Table(
    "page_functions",
    EDGE,
    sa.Column("schema", sa.Text, primary_key=True),
    _Needed("body", sa.Text),
    _Needed("role", sa.Text),
    _Needed("seen_at", _INSTANT, server_default=sa.func.now()),
    _Needed("outdated", sa.Boolean, server_default=sa.text("false")),
)
# Written from identity's answers and by its pushes; `public` is what pages may know of it.
sa.Table(
    "session",
    EDGE,
    sa.Column("hash", sa.Text, primary_key=True),
    _Needed("id", sa.Uuid),
    _Needed("kind", sa.Text),
    _Needed("merchant_id", sa.Uuid),
    _Needed("customers", sa.ARRAY(sa.Uuid)),
    sa.Column("document_id", sa.Uuid),
    _Needed("public", sa.JSON),
    _Needed("expires_at", _INSTANT),
    _Needed("epoch", sa.BigInteger),
    _Needed("version", sa.BigInteger),
    _Needed("revoked", sa.Boolean),
    index("session_expires", "expires_at"),
)
sa.Table(
    "identity_heartbeat",
    EDGE,
    sa.Column("one_row", sa.Boolean, primary_key=True, server_default=sa.text("true")),
    _Needed("heard_at", _INSTANT),
    sa.CheckConstraint("one_row", name="one_row"),
)
# Immutable, so fetched once.
sa.Table(
    "content",
    EDGE,
    sa.Column("merchant_id", sa.Uuid, primary_key=True),
    sa.Column("sha256", sa.Text, primary_key=True),
    _Needed("body", sa.Text),
)
sa.Table(
    "content_wanted",
    EDGE,
    sa.Column("merchant_id", sa.Uuid, primary_key=True),
    sa.Column("sha256", sa.Text, primary_key=True),
    _Needed("attempts", sa.BigInteger, server_default=sa.text("0")),
    _Needed("due_at", _INSTANT, server_default=sa.func.now()),
    index("content_wanted_due", "due_at"),
)

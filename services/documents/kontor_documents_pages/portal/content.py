"""Whose content the gateway keeps: lines and texts of documents that a customer may see."""

from collections.abc import Iterator

from kontor_edge.content import ContentSource
from kontor_edge.copy import Applied


def _wanted(applied: Applied) -> Iterator[tuple[str, str]]:
    for d in applied.states.get("document", ()):
        if d.content_sha256 and d.customer_id and d.state in ("shared", "cancelled"):
            yield d.merchant_id, d.content_sha256


CONTENT = ContentSource(
    "documents",
    _wanted,
    topic="document",
    users="SELECT id FROM live.document WHERE merchant_id = $1 AND content_sha256 = $2 AND shown",
)

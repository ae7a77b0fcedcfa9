"""Whose content the admin keeps: lines and texts of every document."""

from collections.abc import Iterator

from kontor_edge.content import ContentSource
from kontor_edge.copy import Applied


def _wanted(applied: Applied) -> Iterator[tuple[str, str]]:
    for d in applied.states.get("document", ()):
        if d.content_sha256 and not d.deleted:
            yield d.merchant_id, d.content_sha256


# Kept for the pages of all documents, so that they have their lines also while documents is away.
CONTENT = ContentSource(
    "documents",
    _wanted,
    topic="document",
    users="SELECT id FROM live.document WHERE merchant_id = $1 AND content_sha256 = $2 AND NOT deleted",
)

"""Whose content the gateway keeps: lines and texts of documents that a customer may see."""

from kontor_edge.content import ContentSource

CONTENT = ContentSource(
    "documents", "document", lambda d: bool(d.customer_id) and d.state in ("shared", "cancelled"), "shown"
)

"""Whose content the admin keeps: lines and texts of every document, so that pages have them also while documents is away."""

from kontor_edge.content import ContentSource

CONTENT = ContentSource("documents", "document", lambda d: not d.deleted, "NOT deleted")

"""An edge's copy of the facts: applying snapshots, telling open pages, rebuilding."""

from kontor_views.changes import Changes
from kontor_views.copy import Applied, OutdatedShape, UnknownSnapshot, Views
from kontor_views.rebuild import Rebuild, RebuildIncomplete
from kontor_views.shape import Shape
from kontor_views.view import View

__all__ = [
    "Applied",
    "Changes",
    "OutdatedShape",
    "Rebuild",
    "RebuildIncomplete",
    "Shape",
    "UnknownSnapshot",
    "View",
    "Views",
]

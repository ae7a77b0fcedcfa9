"""An edge's copy of the facts: applying snapshots, telling open pages, rebuilding."""

from kontor_edge.changes import Changes
from kontor_edge.copy import Applied, OutdatedShape, UnknownSnapshot, Views
from kontor_edge.rebuild import Rebuild, RebuildIncomplete
from kontor_edge.shape import Shape
from kontor_edge.view import View

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

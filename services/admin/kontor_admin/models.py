"""What the edge keeps beside its copy."""

from kontor_edge.models import EDGE
from kontor_service.models import metadata_with

METADATA = metadata_with(EDGE)

"""The gateway's table of contents: owners bring their features in page packages, these are its own."""

from kontor_edge.feature import Feature, collect_features
from kontor_gateway.access.feature import ACCESS
from kontor_gateway.ingest.feature import INGEST
from kontor_gateway.reference.feature import REFERENCE

FEATURES: tuple[Feature, ...] = collect_features((ACCESS, INGEST, REFERENCE), "portal")

"""The gateway's table of contents: owners bring their features in page packages, these are its own."""

from kontor_edge.feature import Feature, collect_features
from kontor_gateway import ingest, reference
from kontor_gateway.access.feature import ACCESS

FEATURES: tuple[Feature, ...] = collect_features((ACCESS, ingest.FEATURE, reference.FEATURE), "portal")

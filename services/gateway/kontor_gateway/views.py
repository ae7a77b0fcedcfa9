"""The shape of the gateway's copy, put together from what its features bring: tables, indexes, functions of its pages."""

from kontor_edge.feature import shape_of
from kontor_gateway.features import FEATURES

SHAPE = shape_of("gateway", FEATURES)

"""Other systems: what they hand in that is nobody's page, and how they hear back."""

from kontor_edge.feature import Feature
from kontor_gateway.ingest import customers, events

INGEST = Feature("ingest", routers=(customers.router, events.router))

"""Other systems hand things in over HTTP and hear back: an API key becomes a token for one command, the owner does the rest."""

from kontor_edge.feature import Feature
from kontor_gateway.ingest import customers, events

FEATURE = Feature("ingest", routers=(customers.router, events.router))

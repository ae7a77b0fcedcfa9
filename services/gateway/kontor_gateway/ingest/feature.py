"""Other systems: what they hand in, and how they hear back."""

from kontor_edge.feature import Feature
from kontor_gateway.ingest import customers, documents, events, payments, webhooks

INGEST = Feature(
    "ingest", routers=(documents.router, customers.router, payments.router, events.router, webhooks.router)
)

"""Other systems: what they hand in, and how they hear back."""

from kontor_gateway.feature import Feature
from kontor_gateway.ingest import customers, documents, events, payments, webhooks

INGEST = Feature(routers=(documents.router, customers.router, payments.router, events.router, webhooks.router))

"""The gateway's table of contents. A new feature is a folder and a line here; owners bring theirs in a page package."""

from kontor_edge.feature import Feature, arranged
from kontor_gateway.access.feature import ACCESS
from kontor_gateway.documents.feature import DOCUMENTS
from kontor_gateway.ingest.feature import INGEST
from kontor_gateway.payments.feature import PAYMENTS
from kontor_gateway.reference.feature import REFERENCE

FEATURES: tuple[Feature, ...] = arranged((ACCESS, DOCUMENTS, PAYMENTS, INGEST, REFERENCE), "portal")

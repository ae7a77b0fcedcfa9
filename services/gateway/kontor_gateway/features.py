"""The gateway's table of contents, in the order of the portal's navigation. A new feature is a folder and a line here."""

from kontor_gateway.access.feature import ACCESS
from kontor_gateway.documents.feature import DOCUMENTS
from kontor_gateway.feature import Feature
from kontor_gateway.ingest.feature import INGEST
from kontor_gateway.meters.feature import METERS
from kontor_gateway.payments.feature import PAYMENTS
from kontor_gateway.reference.feature import REFERENCE

FEATURES: tuple[Feature, ...] = (
    ACCESS,
    DOCUMENTS,
    PAYMENTS,
    METERS,
    INGEST,
    REFERENCE,
)

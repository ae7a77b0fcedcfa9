"""Paying."""

from functools import partial

from kontor.payments.v1.payments_pb2_codes import FailureCode, PaymentMethod, PaymentState
from kontor_edge.feature import Feature, Section, sql
from kontor_payments_pages.portal import (
    ingest,
    ingest_links,
    link_pages,
    overview,
    pages,
    portal_api,
    statements,
    webhooks,
)
from kontor_payments_pages.portal.copy import PAYMENT, RECEIVABLE, TREES
from kontor_payments_pages.portal.methods.feature import FEATURE as SAVED_METHODS
from kontor_service.i18n import N_
from kontor_service.vocabulary import long, state, word

# A document's link opens no list in which other documents stood beside it.
_SECTION = Section(
    "payments",
    N_("Payments"),
    "/zahlungen",
    shown="""s.document_id IS NULL AND (
            EXISTS (SELECT FROM receivable p WHERE p.customer_id = ANY (s.customers) AND p.state IN ('open', 'partly_paid', 'direct_debit'))
            OR EXISTS (SELECT FROM payment x WHERE x.customer_id = ANY (s.customers) AND x.shown))""",
)
_PAYING = Feature(
    "payments",
    order=30,
    package=__name__,
    views=(RECEIVABLE, PAYMENT, TREES),
    indexes=sql(__name__, "sql/indexes.sql"),
    parts=sql(__name__, "sql/parts.sql"),
    functions=(sql(__name__, "sql/payments.sql"),),
    sections=(_SECTION,),
    routers=(
        portal_api.router,
        ingest.router,
        ingest_links.router,
        statements.router,
        webhooks.router,
        link_pages.router,
    ),
    portal=(pages.router, overview.router),
    globals={
        "payment_state": partial(state, PaymentState),
        "method_word": partial(word, PaymentMethod),
        "failure_words": partial(long, FailureCode),
    },
    secret_paths=("/p/",),
)
FEATURES = (_PAYING, SAVED_METHODS)

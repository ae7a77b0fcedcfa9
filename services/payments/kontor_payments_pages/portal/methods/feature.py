"""The page of saved methods, its JSON and its SQL."""

from functools import partial

from kontor.payments.v1.payments_pb2_codes import PaymentProvider, SavedMethodEnd, SavedMethodState
from kontor_edge.feature import Feature, Section, sql
from kontor_payments_pages.portal.methods import pages, portal_api
from kontor_payments_pages.portal.methods.copy import SAVED_METHOD
from kontor_service.i18n import N_
from kontor_service.vocabulary import long, state, word

# Whoever has saved something, or could have paid by what can be saved.
_SECTION = Section(
    "methods",
    N_("Saved payment methods"),
    "/zahlungsmittel",
    shown="""s.document_id IS NULL AND (
            EXISTS (SELECT FROM receivable p WHERE p.customer_id = ANY (s.customers) AND p.saves)
            OR EXISTS (SELECT FROM saved_method m WHERE m.customer_id = ANY (s.customers) AND NOT m.deleted AND m.state <> 'ended'))""",
)
FEATURE = Feature(
    "saved-methods",
    order=31,
    views=(SAVED_METHOD,),
    indexes=sql(__package__, "sql/indexes.sql"),
    functions=(sql(__package__, "sql/methods.sql"),),
    sections=(_SECTION,),
    routers=(portal_api.router,),
    portal=(pages.router, pages.confirming),
    globals={
        "saved_method_state": partial(state, SavedMethodState),
        "provider_word": partial(word, PaymentProvider),
        "method_end": partial(long, SavedMethodEnd),
    },
)

"""Saved payment methods on a customer's page, and the button that charges one."""

from functools import partial

from kontor.payments.v1.payments_pb2_codes import SavedMethodEnd, SavedMethodState
from kontor_edge.feature import Feature, Panel, sql
from kontor_payments_pages.admin.methods.copy import VIEWS
from kontor_payments_pages.admin.methods.pages import router
from kontor_service.vocabulary import state, word

# Early, because what other owners' pages offer is made of it.
FEATURE = Feature(
    "saved_methods",
    order=6,
    routers=(router,),
    views=VIEWS,
    indexes=sql(__package__, "sql/indexes.sql"),
    parts=sql(__package__, "sql/offered.sql") + ";\n" + sql(__package__, "sql/parts.sql"),
    panels=(Panel("customer", "_saved_methods({merchant}, {id})", "methods/customer_panel.html", "documents:read"),),
    globals={
        "saved_method_state": partial(state, SavedMethodState),
        "saved_method_end": partial(word, SavedMethodEnd),
    },
)

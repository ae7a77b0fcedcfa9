"""The payouts' list and pages, and their SQL."""

from functools import partial

from kontor.payments.v1.payments_pb2_codes import PayoutItemKind, PayoutState
from kontor_edge.feature import Feature, sql
from kontor_payments_pages.admin.payouts import expected_page, pages
from kontor_payments_pages.admin.payouts.copy import VIEWS
from kontor_payments_pages.admin.payouts.listing import PAYOUTS
from kontor_service.vocabulary import state, word

FEATURE = Feature(
    "payouts",
    order=64,
    routers=(pages.router, expected_page.router),
    views=VIEWS,
    indexes=sql(__package__, "sql/indexes.sql"),
    functions=(sql(__package__, "sql/payout.sql"), sql(__package__, "sql/expected.sql"), *PAYOUTS.functions),
    globals={"payout_state": partial(state, PayoutState), "payout_item": partial(word, PayoutItemKind)},
)

"""A payment's page and the refund form, with their SQL."""

from functools import partial

from kontor.payments.v1.payments_pb2_codes import RefundReason, RefundState
from kontor_edge.feature import Feature, sql
from kontor_payments_pages.admin.refunds.pages import router
from kontor_service.vocabulary import state, word

FEATURE = Feature(
    "refunds",
    # After the disputes, which its function reads.
    order=63,
    routers=(router,),
    functions=(sql(__package__, "sql/payment.sql"),),
    globals={"refund_state": partial(state, RefundState), "refund_reason": partial(word, RefundReason)},
)

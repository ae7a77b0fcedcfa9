"""The disputes' list, their panel on the board, and their SQL."""

from functools import partial

from kontor.payments.v1.payments_pb2_codes import DisputeReason, DisputeState
from kontor_edge.feature import Feature, Panel, sql
from kontor_payments_pages.admin.disputes.copy import VIEWS
from kontor_payments_pages.admin.disputes.listing import DISPUTES, router
from kontor_service.vocabulary import state, word

FEATURE = Feature(
    "disputes",
    order=62,
    routers=(router,),
    views=VIEWS,
    indexes=sql(__package__, "sql/indexes.sql"),
    parts=sql(__package__, "sql/parts.sql"),
    functions=DISPUTES.functions,
    panels=(Panel("board", "_disputes_to_answer({merchant})", "disputes/board_panel.html", "payments:book"),),
    globals={"dispute_state": partial(state, DisputeState), "dispute_reason": partial(word, DisputeReason)},
)

"""The menu entry of bank statements, its panel on the board, and its SQL."""

from functools import partial

from kontor.payments.v1.payments_pb2_codes import MatchReason, StatementEntryState
from kontor_edge.feature import Feature, Menu, Panel, sql
from kontor_payments_pages.admin.statements import entries, upload
from kontor_payments_pages.admin.statements.copy import VIEWS
from kontor_payments_pages.admin.statements.listing import ENTRIES, STATEMENTS
from kontor_payments_pages.admin.statements.staff_page import BOOK
from kontor_service.i18n import gettext as _
from kontor_service.vocabulary import state, word

FEATURE = Feature(
    "statements",
    order=61,
    routers=(upload.router, entries.router),
    menu=Menu(
        "/umsaetze",
        lambda: _("Bank statements"),
        waiting="statement_entry e WHERE e.merchant_id = who.merchant_id AND e.kind IN ('certain', 'to_check', 'none') AND NOT e.deleted",
        right=BOOK,
    ),
    views=VIEWS,
    indexes=sql(__package__, "sql/indexes.sql"),
    parts=sql(__package__, "sql/parts.sql"),
    functions=(sql(__package__, "sql/entry.sql"), *STATEMENTS.functions, *ENTRIES.functions),
    panels=(Panel("board", "_statement_payments({merchant})", "statements/board_panel.html", BOOK),),
    globals={"entry_state": partial(state, StatementEntryState), "match_reason": partial(word, MatchReason)},
)

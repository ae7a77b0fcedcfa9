"""Every booking of money, newest first (D10 for the merchant), and reported payments that wait for their document."""

from kontor_edge.feature import Feature, Menu, Panel, sql
from kontor_payments_pages.admin import listing, parked, paylinks
from kontor_payments_pages.admin.connecting import pages as connecting
from kontor_payments_pages.admin.connecting.copy import VIEWS as CONNECTION_VIEWS
from kontor_payments_pages.admin.copy import VIEWS
from kontor_payments_pages.admin.disputes.feature import FEATURE as DISPUTES
from kontor_payments_pages.admin.methods.feature import FEATURE as SAVED_METHODS
from kontor_payments_pages.admin.payouts.feature import FEATURE as PAYOUTS
from kontor_payments_pages.admin.refunds.feature import FEATURE as REFUNDS
from kontor_payments_pages.admin.statements.feature import FEATURE as STATEMENTS
from kontor_payments_pages.admin.trees.pages import router as trees
from kontor_payments_pages.admin.words import GLOBALS
from kontor_service.i18n import N_
from kontor_service.i18n import gettext as _

# First, because what other owners' pages offer is made of it.
_OFFERED = Feature("payments-offered", order=5, parts=sql(__name__, "sql/offered.sql"))
_PAYMENTS = Feature(
    "payments",
    order=60,
    package=__name__,
    routers=(listing.router, parked.router, paylinks.router),
    menu=Menu(
        "/zahlungen",
        lambda: _("Payments"),
        waiting="incoming_payment i WHERE i.merchant_id = who.merchant_id AND i.state = 'parked' AND NOT i.deleted",
    ),
    views=VIEWS,
    indexes=sql(__name__, "sql/indexes.sql"),
    parts=sql(__name__, "sql/parts.sql"),
    functions=(
        sql(__name__, "sql/parked.sql"),
        sql(__name__, "sql/paylinks.sql"),
        *listing.PAYMENTS.functions,
        *parked.PARKED.functions,
    ),
    panels=(
        Panel("board", "_parked_payments({merchant})", "payments/board_panel.html", "payments:book"),
        Panel("customer", "_payable_by_link({merchant}, {id})", "payments/customer_panel.html", paylinks.EDIT),
    ),
    globals=GLOBALS,
    scopes={paylinks.EDIT: N_("Make and revoke pay links")},
)
_CONNECTIONS = Feature(
    "connections",
    order=59,
    routers=(connecting.router,),
    views=CONNECTION_VIEWS,
    parts=sql(__name__, "sql/connections.sql"),
    panels=(
        Panel("board", "_refused_connections({merchant})", "payments/connections_panel.html", "payments:settings"),
    ),
)
_TREES = Feature("trees", order=65, routers=(trees,))
FEATURES = (_OFFERED, SAVED_METHODS, _PAYMENTS, _CONNECTIONS, STATEMENTS, DISPUTES, REFUNDS, PAYOUTS, _TREES)

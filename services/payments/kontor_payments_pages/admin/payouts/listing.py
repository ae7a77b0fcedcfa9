"""The list of payouts."""

from kontor.payments.v1.payments_pb2_codes import PaymentProvider, PayoutState
from kontor_edge.lists import STAFF, Filter, ListColumn, ListPage
from kontor_service.i18n import N_

PAYOUTS = ListPage(
    "payouts", STAFF, source="payout p", where="p.merchant_id = r.merchant_id AND NOT p.deleted",
    id="p.id", entry="p.brief", sort="day", sorts={"day": "p.by_day"}, fixed=True,
    columns=(
        ListColumn("arrives", N_("Arrives on"), css="nowrap"),
        ListColumn("provider", N_("Provider")),
        ListColumn("state", N_("Status")),
        ListColumn("gross", N_("Gross"), num=True, css="num", short=N_("Gross")),
        ListColumn("returned", N_("Refunds"), num=True, css="num", short=N_("Refunds")),
        ListColumn("fee", N_("Fees"), num=True, css="num", short=N_("Fees")),
        ListColumn("net", N_("Net"), num=True, css="num amount", short=N_("Net")),
    ),
    others=(
        Filter("state", "p.state = {it}", words={code: code.word for code in PayoutState}, label=N_("Status"), every=N_("Any status")),
        Filter(
            "provider", "p.provider = {it}", words={code: code.word for code in PaymentProvider}, label=N_("Provider"),
            every=N_("Any provider"), further=True,
        ),
    ),
    search=("p.words",), hint=N_("Payout, document, amount"),
)  # fmt: skip

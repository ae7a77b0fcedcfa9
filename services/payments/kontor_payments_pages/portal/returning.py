"""Which checkout this browser left for. The provider's address says nothing we would believe."""

from collections.abc import Sequence
from uuid import UUID

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from kontor.payments.v1.payments_pb2_codes import ReceivableState
from kontor_edge.edge import edge_of
from kontor_payments_pages.portal.receivable_view import ReceivableView
from kontor_payments_pages.portal.to_pay import to_pay
from kontor_service.formats import day
from kontor_service.i18n import gettext as _
from kontor_service.i18n import reader

# The customer has done their part; the copy may not have heard of it yet.
FINISHED = frozenset({"completed", "approved"})
_WAIT_FOR_PAYMENT = 1.0
_COOKIE = "__Host-kontor-checkout"
_SECONDS = 3600


def to_provider(checkout: dict[str, str]) -> Response:
    """The browser goes to the provider's page and remembers for which checkout."""
    response = RedirectResponse(checkout["redirect_url"], 303)
    response.set_cookie(
        _COOKIE, checkout["checkout_id"], max_age=_SECONDS, path="/", secure=True, httponly=True, samesite="lax"
    )
    return response


def left_for(request: Request) -> UUID:
    """Raises ValueError where the browser does not know any more."""
    return UUID(request.cookies.get(_COOKIE, ""))


def forget(response: Response) -> Response:
    response.delete_cookie(_COOKIE, path="/", secure=True, httponly=True, samesite="lax")
    return response


async def payment_heard(request: Request, document_ids: Sequence[UUID]) -> ReceivableView | None:
    """The first of the documents once none is to be paid any more; None where that takes longer."""

    async def look() -> ReceivableView | None:
        found = await to_pay(request, document_ids)
        return None if any(view.payable for view in found.chosen) else found.first

    topics = {f"document:{document_id}" for document_id in document_ids}
    return await edge_of(request).changes.until(topics, look, timeout=_WAIT_FOR_PAYMENT)


def is_over(view: ReceivableView) -> bool:
    """Whether nothing is asked for any more, whatever was paid."""
    return view.payment is not None and view.payment["state"] == ReceivableState.CANCELLED


def over() -> str:
    return _("While you were paying, the document was changed or withdrawn. What you have paid is paid back to you.")


def thanks(view: ReceivableView | None) -> str:
    """When the payment is booked, and that a mail confirms it."""
    if view is not None and view.entry["status"] == ReceivableState.PAID:
        return _("Thank you! Your payment has arrived and is booked. We confirm it by e-mail.")
    expected = view.payment["expected_on"] if view is not None and view.payment else None
    if expected and view is not None and view.is_debit:
        return _(
            "Thank you! The amount will be debited from your account by %(day)s; we book it then and confirm it by e-mail.",
            day=day(expected, reader().language),
        )
    if expected:
        return _(
            "Thank you! Your payment is on its way; we expect it by %(day)s, book it then and confirm it by e-mail.",
            day=day(expected, reader().language),
        )
    return _(
        "Thank you! As soon as your payment has arrived, it is booked; you see it here, and we confirm it by e-mail."
    )


def settled(status: str) -> str:
    """Why nothing is to be paid."""
    if status == "already_paid":
        return _("This has already been paid. Nothing was charged again.")
    if status == ReceivableState.ON_ITS_WAY:
        return _("Your payment is on its way. You do not need to do anything else.")
    return _("This cannot be paid here.")

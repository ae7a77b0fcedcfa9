"""What happens at PayPal without Kontor: money that arrives, refunds at PayPal's pages, disputes, apps, merchants."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, FastAPI, Request
from pydantic import BaseModel

from kontor_provider_doubles.behaviour import behaviour_of
from kontor_provider_doubles.paypal import apps, disputes, orders, vault
from kontor_provider_doubles.paypal.apps import Caller
from kontor_provider_doubles.paypal.calls import Call, rfc3339
from kontor_provider_doubles.paypal.shapes import Money, RefundRequest
from kontor_provider_doubles.store import shown

router = APIRouter(prefix="/double/paypal/{account}")
Mode = Literal["test", "live"]


class NewApp(BaseModel):
    mode: Mode = "test"
    permissions: tuple[str, ...] = apps.EVERYTHING


class OfCapture(BaseModel):
    capture: str


class Settlement(OfCapture):
    completed: bool = True


class Refund(OfCapture):
    # A decimal such as "19.00"; None: all that is left.
    value: str | None = None


class RefundsAs(OfCapture):
    # What becomes of this capture's next refunds.
    status: Literal["COMPLETED", "PENDING"]


class RefundResult(BaseModel):
    refund: str
    status: Literal["COMPLETED", "FAILED"]


class NewDispute(OfCapture):
    reason: str = "MERCHANDISE_OR_SERVICE_NOT_RECEIVED"
    value: str | None = None


class Ruling(BaseModel):
    dispute: str
    decision: disputes.Decision


class Partner(BaseModel):
    partner: str


class Order(BaseModel):
    order: str


class SavedAccount(BaseModel):
    token: str


class Event(BaseModel):
    event_type: str
    kind: Literal["order", "capture", "refund", "dispute"]
    id: str
    # Signed wrongly.
    forged: bool = False


async def _call(request: Request, account: str, mode: Mode = "test") -> Call:
    caller = Caller(account, mode, "", apps.EVERYTHING)
    return Call(request.app.state.store, caller, request.app.state.public_url)


Acts = Annotated[Call, Depends(_call)]


@router.post("/apps", status_code=201)
async def add_app(request: Request, account: str, wanted: NewApp) -> dict[str, str]:
    return apps.create_app_of(request.app.state.store, account, wanted.mode, wanted.permissions)


@router.post("/revoke", status_code=204)
async def revoke_apps(call: Acts) -> None:
    """The merchant deletes its apps: their tokens no longer hold."""
    with call.store.transaction():
        for app in call.store.every(apps.ALL, "double.app"):
            if app["account"] == call.caller.account:
                call.store.remove(app["id"])


@router.post("/forget-tokens", status_code=204)
async def forget_tokens(call: Acts) -> None:
    """Every token that was given out no longer holds, as PayPal may decide at any time."""
    with call.store.transaction():
        for token in call.store.every(apps.ALL, "double.token"):
            call.store.remove(token["id"])


@router.post("/withdraw", status_code=204)
async def withdraw(call: Acts, wanted: Partner) -> None:
    """The merchant takes the partner's permission away at PayPal."""
    with call.store.transaction():
        apps.withdraw(call.store, call.caller.account, wanted.partner)


@router.get("/objects/{kind}")
async def objects(call: Acts, kind: str) -> dict[str, Any]:
    """Everything of one kind that the account has, the newest first."""
    return {"data": [shown(one) for one in call.all(kind)]}


@router.post("/settle")
async def settle(call: Acts, wanted: Settlement) -> dict[str, Any]:
    with call.store.transaction():
        found = call.get("capture", wanted.capture)
        orders.settle(call, found, completed=wanted.completed)
    return shown(found)


@router.post("/refund")
async def refund(call: Acts, wanted: Refund) -> dict[str, Any]:
    """The merchant refunds at PayPal's own pages."""
    with call.store.transaction():
        found = call.get("capture", wanted.capture)
        code = found["amount"]["currency_code"]
        amount = Money(currency_code=code, value=wanted.value) if wanted.value else None
        return shown(orders.refund(call, found, RefundRequest(amount=amount)))


@router.post("/refunds-as", status_code=204)
async def refunds_as(call: Acts, wanted: RefundsAs) -> None:
    with call.store.transaction():
        found = call.get("capture", wanted.capture)
        found["_hidden"]["refund_as"] = wanted.status
        call.save(found)


@router.post("/refund-result")
async def refund_result(call: Acts, wanted: RefundResult) -> dict[str, Any]:
    with call.store.transaction():
        found = call.get("refund", wanted.refund)
        orders.end_refund(call, found, wanted.status)
    return shown(found)


@router.post("/dispute")
async def dispute(call: Acts, wanted: NewDispute) -> dict[str, Any]:
    with call.store.transaction():
        return shown(disputes.begin(call, call.get("capture", wanted.capture), wanted.reason, wanted.value))


@router.post("/decide")
async def decide(call: Acts, wanted: Ruling) -> dict[str, Any]:
    with call.store.transaction():
        found = call.get("dispute", wanted.dispute)
        disputes.decide(call, found, wanted.decision)
    return shown(found)


@router.post("/lapse", status_code=204)
async def lapse(call: Acts, wanted: Order) -> None:
    """The time for approving the order is up."""
    with call.store.transaction():
        found = call.get("order", wanted.order)
        found["create_time"] = rfc3339(call.now - 2 * orders.APPROVAL_TIME)
        call.save(found)


@router.post("/unlink", status_code=204)
async def unlink(call: Acts, wanted: SavedAccount) -> None:
    """The payer removes the merchant from those that may charge their account."""
    with call.store.transaction():
        vault.remove(call, call.get("token", wanted.token))


@router.post("/event", status_code=204)
async def event(call: Acts, wanted: Event) -> None:
    """A webhook once more, under an id of its own, or with a wrong signature."""
    with call.store.transaction():
        call.emit(wanted.event_type, wanted.kind, call.get(wanted.kind, wanted.id), forged=wanted.forged)


def apply_due_changes(app: FastAPI) -> None:
    """Money on its way arrives, or PayPal refuses it, when its time has come."""
    store = app.state.store
    for space, capture in store.owners("capture"):
        account, _, mode = space.partition("/")
        if capture["status"] != "PENDING" or not behaviour_of(store, account).settle_after_seconds:
            continue
        call = Call(store, Caller(account, mode, "", apps.EVERYTHING), app.state.public_url)
        if call.now.timestamp() >= capture["_hidden"]["settle_at"]:
            with store.transaction():
                orders.settle(call, capture, completed=capture["_hidden"]["outcome"] != "denied_later")

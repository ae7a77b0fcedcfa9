"""What happens at Stripe without Kontor: money that arrives, refunds on the dashboard, disputes, payouts, keys."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, FastAPI, Request
from pydantic import BaseModel

from kontor_provider_doubles.store import shown
from kontor_provider_doubles.stripe import aftermath, saved, sessions
from kontor_provider_doubles.stripe.calls import Call
from kontor_provider_doubles.stripe.keys import Caller, create_key, disconnect_account, revoke_key

router = APIRouter(prefix="/double/stripe/{account}")


class NewKey(BaseModel):
    livemode: bool = False
    # Of a restricted key, such as "checkout_session_write"; None: a secret key, which may do everything.
    permissions: list[str] | None = None


class Charge(BaseModel):
    charge: str


class Settlement(Charge):
    # succeeded, or the code of the failure
    outcome: str = "succeeded"


class Refund(Charge):
    amount: int | None = None


class RefundResult(BaseModel):
    refund: str
    state: Literal["succeeded", "failed"]


class RefundBehaviour(Charge):
    # What becomes of this charge's next refunds.
    refund_as: Literal["succeeded", "pending", "failed"]


class NewDispute(Charge):
    state: Literal["needs_response", "warning_needs_response", "lost"] = "needs_response"
    reason: str = "fraudulent"
    amount: int | None = None


class Decision(BaseModel):
    dispute: str
    state: Literal["under_review", "warning_under_review", "warning_closed", "needs_response", "won", "lost"]


class PayoutResult(BaseModel):
    payout: str
    state: Literal["paid", "failed"]


class Session(BaseModel):
    session: str


class SavedMethod(BaseModel):
    # A payment method.
    method: str


class Key(BaseModel):
    key: str


async def _test_call(request: Request, account: str, livemode: bool = False) -> Call:
    return Call(request.app.state.store, Caller(account, livemode), request.app.state.public_url)


Acts = Annotated[Call, Depends(_test_call)]


@router.post("/keys", status_code=201)
async def add_key(request: Request, account: str, wanted: NewKey) -> dict[str, str]:
    key = create_key(request.app.state.store, account, livemode=wanted.livemode, permissions=wanted.permissions)
    return {"key": key}


@router.post("/keys/revoke", status_code=204)
async def remove_key(request: Request, account: str, wanted: Key) -> None:
    revoke_key(request.app.state.store, wanted.key)


@router.post("/disconnect", status_code=204)
async def disconnect(call: Acts) -> None:
    """The merchant takes the platform's access away on its dashboard."""
    with call.store.transaction():
        disconnect_account(call.store, call.caller.account)


@router.get("/objects/{prefix}")
async def objects(call: Acts, prefix: str) -> dict[str, Any]:
    """Everything of one kind that the account has, the newest first."""
    return {"data": [shown(one) for one in call.all(prefix)]}


@router.post("/settle")
async def settle(call: Acts, wanted: Settlement) -> dict[str, Any]:
    with call.store.transaction():
        charge = call.get(wanted.charge, "ch")
        sessions.settle(call, charge, wanted.outcome)
    return shown(charge)


@router.post("/refund")
async def refund(call: Acts, wanted: Refund) -> dict[str, Any]:
    """The merchant refunds on the dashboard."""
    with call.store.transaction():
        return shown(aftermath.refund(call, call.get(wanted.charge, "ch"), wanted.amount, {}, state="succeeded"))


@router.post("/refunds-as", status_code=204)
async def refunds_as(call: Acts, wanted: RefundBehaviour) -> None:
    with call.store.transaction():
        call.save(call.get(wanted.charge, "ch") | {"_hidden": {"refund_as": wanted.refund_as}})


@router.post("/refund-result")
async def refund_result(call: Acts, wanted: RefundResult) -> dict[str, Any]:
    with call.store.transaction():
        found = call.get(wanted.refund, "re")
        aftermath.end_refund(call, found, wanted.state)
    return shown(found)


@router.post("/dispute")
async def dispute(call: Acts, wanted: NewDispute) -> dict[str, Any]:
    """`lost` from the start: a returned direct debit. `warning_needs_response`: an inquiry, which takes no money."""
    with call.store.transaction():
        charge = call.get(wanted.charge, "ch")
        return shown(aftermath.dispute(call, charge, wanted.state, wanted.reason, wanted.amount))


@router.post("/decide")
async def decide(call: Acts, wanted: Decision) -> dict[str, Any]:
    with call.store.transaction():
        found = call.get(wanted.dispute, "du")
        aftermath.decide(call, found, wanted.state)
    return shown(found)


@router.post("/payout")
async def pay_out(call: Acts, currency: str = "eur") -> dict[str, Any]:
    with call.store.transaction():
        return shown(aftermath.pay_out(call, currency))


@router.post("/payout-result")
async def payout_result(call: Acts, wanted: PayoutResult) -> dict[str, Any]:
    with call.store.transaction():
        found = call.get(wanted.payout, "po")
        aftermath.end_payout(call, found, wanted.state)
    return shown(found)


@router.post("/expire")
async def expire(call: Acts, wanted: Session) -> dict[str, Any]:
    """The time for paying is up."""
    with call.store.transaction():
        return shown(sessions.end(call, call.get(wanted.session, "cs")))


@router.post("/detach")
async def detach(call: Acts, wanted: SavedMethod) -> dict[str, Any]:
    """The merchant removes a customer's payment method on the dashboard."""
    with call.store.transaction():
        return shown(saved.drop(call, call.get(wanted.method, "pm")))


@router.post("/revoke-mandate")
async def revoke_mandate(call: Acts, wanted: SavedMethod) -> dict[str, Any]:
    with call.store.transaction():
        return shown(saved.revoke_mandate(call, call.get(wanted.method, "pm")))


def apply_due_changes(app: FastAPI) -> None:
    """Money on its way arrives or fails, and pages that nobody paid expire, when their time has come."""
    store = app.state.store
    for space, charge in store.owners("ch"):
        due = (charge.get("_hidden") or {}).get("settle_at")
        if due is not None and charge["status"] == "pending":
            call = _of(app, space)
            if call.now >= due:
                with store.transaction():
                    sessions.settle(call, charge, charge["_hidden"]["settle_as"])
    for space, session in store.owners("cs"):
        call = _of(app, space)
        if session["status"] == "open" and session["expires_at"] <= call.now:
            with store.transaction():
                sessions.end(call, session)


def _of(app: FastAPI, space: str) -> Call:
    account, _, mode = space.partition("/")
    return Call(app.state.store, Caller(account, mode == "live"), app.state.public_url)

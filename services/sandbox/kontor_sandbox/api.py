"""The provider's API for merchants, in the manner of Stripe Checkout and PayPal Orders."""

import asyncio
import hashlib
import hmac
from collections.abc import Callable
from datetime import timedelta
from secrets import token_urlsafe
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, HTTPException, Query, Request
from pydantic import AnyHttpUrl, BaseModel, Field

from kontor_sandbox import rules
from kontor_sandbox.model import Account, Behaviour, Checkout, NewCheckout, NextBehaviour, Text, new_id, now
from kontor_sandbox.store import Store
from kontor_sandbox.webhooks import change, tell

router = APIRouter(prefix="/v1")
Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=200)]
# The call fails before anything is done.
_UNDONE = ("timeout_before", "error")


class NewAccount(BaseModel):
    # The platform's own name for the account: opening it again gives new keys to the same one, or, under the same
    # idempotency key, the same keys.
    reference: str = Field(min_length=1, max_length=100)
    name: Text = ""
    webhook_url: AnyHttpUrl


class NewRefund(BaseModel):
    payment: str
    amount_minor: int = Field(gt=0)
    reference: str = Field(min_length=1, max_length=100)


async def store_of(request: Request) -> Store:
    found: Store = request.app.state.store
    return found


Stored = Annotated[Store, Depends(store_of)]


def _bearer(request: Request) -> str:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key if scheme.lower() == "bearer" else ""


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


async def account_of(request: Request, store: Stored) -> Account:
    found = store.account(key_sha256=_hashed(_bearer(request)))
    if found is None:
        raise HTTPException(401, "unknown API key")
    return found


Caller = Annotated[Account, Depends(account_of)]


@router.post("/accounts", status_code=201)
async def open_account(request: Request, store: Stored, wanted: NewAccount, key: Key = None) -> dict[str, str]:
    """For the platform: an account for one of its merchants."""
    platform_key = request.app.state.settings.platform_key.get_secret_value().encode()
    if not hmac.compare_digest(_bearer(request).encode(), platform_key):
        raise HTTPException(401, "unknown platform key")
    asked = f"{wanted.reference} {key or token_urlsafe(24)}"
    api_key, secret = (
        prefix + hmac.new(platform_key, f"{prefix} {asked}".encode(), hashlib.sha256).hexdigest()
        for prefix in ("sk_", "whsec_")
    )
    account = Account(
        id=f"acct_{_hashed(wanted.reference)[:24]}", name=wanted.name, webhook_url=str(wanted.webhook_url),
        webhook_secret=secret,
    )  # fmt: skip
    with store.transaction():
        store.open_account(account, _hashed(api_key))
    return {"id": account.id, "api_key": api_key, "webhook_secret": secret}


@router.put("/account/next", status_code=204)
async def behave_next(store: Stored, caller: Caller, behaviour: NextBehaviour) -> None:
    """How the account's next checkout is to behave."""
    caller.next = behaviour
    with store.transaction():
        store.save_account(caller)


@router.post("/checkouts", status_code=201)
async def create(store: Stored, caller: Caller, wanted: NewCheckout, key: Key = None) -> dict[str, Any]:
    """The same idempotency key gives the same checkout."""
    checkout = store.by_key(caller.id, key)
    if checkout is None:
        behaviour, caller.next = caller.next, NextBehaviour()
        checkout = _new(wanted, caller.id, behaviour)
        with store.transaction():
            store.save_account(caller)
            if behaviour.create_call not in _UNDONE:
                store.add(checkout, key)
            if behaviour.create_call == "charge_then_timeout":
                tell(store, checkout, rules.pay(checkout, checkout.method or checkout.methods[0], now()))
                store.save(checkout)
        await _fault(behaviour.create_call, behaviour.hold_seconds)
    return checkout.public(store.public_url)


def _new(wanted: NewCheckout, account: str, behaviour: NextBehaviour) -> Checkout:
    started = now()
    asked = wanted.model_dump(mode="json", exclude={"expires_in_seconds"})
    return Checkout(
        **asked,
        id=new_id("cs"),
        account=account,
        created_at=started,
        expires_at=started + timedelta(seconds=behaviour.expires_in_seconds or wanted.expires_in_seconds),
        behaviour=Behaviour.model_validate(behaviour.model_dump(exclude={"create_call", "expires_in_seconds"})),
    )


@router.get("/checkouts")
async def find(
    store: Stored, caller: Caller, reference: str = "", limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> dict[str, Any]:
    """The newest first; by the merchant's own reference where one is given."""
    found = store.checkouts(account=caller.id, reference=reference, limit=limit)
    return {"data": [checkout.public(store.public_url) for checkout in found]}


@router.get("/checkouts/{checkout_id}")
async def fetch(store: Stored, caller: Caller, checkout_id: str) -> dict[str, Any]:
    return existing(store.checkout(checkout_id, caller.id)).public(store.public_url)


@router.post("/checkouts/{checkout_id}/expire")
async def expire(store: Stored, caller: Caller, checkout_id: str) -> dict[str, Any]:
    """409 once it is paid."""
    return existing(change(store, checkout_id, rules.expire, caller.id)).public(store.public_url)


@router.post("/checkouts/{checkout_id}/capture")
async def capture(store: Stored, caller: Caller, checkout_id: str) -> dict[str, Any]:
    """Takes the approved money; a second call answers what the first one did."""
    known = store.checkout(checkout_id, caller.id)
    done = await _faulty(store, known, "capture_call", lambda checkout: rules.capture(checkout, now()))
    return done.public(store.public_url)


@router.post("/refunds", status_code=201)
async def refund(store: Stored, caller: Caller, wanted: NewRefund) -> dict[str, Any]:
    """The same reference gives the same refund."""

    def give_back(checkout: Checkout) -> list[str]:
        return rules.refund(checkout, wanted.payment, wanted.amount_minor, wanted.reference)

    done = await _faulty(store, store.with_payment(caller.id, wanted.payment), "refund_call", give_back)
    return next(r.model_dump(mode="json") for r in done.refunds if r.reference == wanted.reference)


def existing(checkout: Checkout | None) -> Checkout:
    if checkout is None:
        raise HTTPException(404, "no such checkout")
    return checkout


async def _faulty(
    store: Store, checkout: Checkout | None, call: str, step: Callable[[Checkout], list[str]]
) -> Checkout:
    """The step, with the fault that the checkout asks for in this call. Only once: whoever asks again gets an answer."""
    fault: str = getattr(existing(checkout).behaviour, call)

    def misbehave(known: Checkout) -> list[str]:
        setattr(known.behaviour, call, "none")
        return [] if fault in _UNDONE else step(known)

    done = existing(change(store, existing(checkout).id, misbehave))
    await _fault(fault, done.behaviour.hold_seconds)
    return done


async def _fault(fault: str, hold_seconds: float) -> None:
    if fault == "error":
        raise HTTPException(500, "as asked for")
    if fault != "none":
        await asyncio.sleep(hold_seconds)
        raise HTTPException(504, "as asked for")

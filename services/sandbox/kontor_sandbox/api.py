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
from sqlalchemy import Connection, delete, insert
from starlette.responses import JSONResponse

from kontor_sandbox import rules, store, webhooks
from kontor_sandbox.model import (
    Account,
    Behaviour,
    Checkout,
    NewCheckout,
    NextBehaviour,
    Text,
    new_id,
    now,
)
from kontor_sandbox.settings import SandboxSettings

router = APIRouter(prefix="/v1")
Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=200)]


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


def _bearer(request: Request) -> str:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key if scheme.lower() == "bearer" else ""


def hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


async def account_of(request: Request) -> Account:
    key = _bearer(request)
    found = await storage(request).run(lambda c: store.account_by(c, key_sha256=hashed(key))) if key else None
    if found is None:
        raise HTTPException(401, "unknown API key")
    return found


Caller = Annotated[Account, Depends(account_of)]


def storage(request: Request) -> store.Store:
    found: store.Store = request.app.state.store
    return found


def settings(request: Request) -> SandboxSettings:
    found: SandboxSettings = request.app.state.settings
    return found


@router.post("/accounts", status_code=201)
async def open_account(request: Request, wanted: NewAccount, idempotency_key: Key = None) -> dict[str, str]:
    """For the platform: an account for one of its merchants."""
    platform_key = settings(request).platform_key.get_secret_value().encode()
    if not hmac.compare_digest(_bearer(request).encode(), platform_key):
        raise HTTPException(401, "unknown platform key")
    asked = f"{wanted.reference} {idempotency_key or token_urlsafe(24)}"
    key, secret = (
        prefix + hmac.new(platform_key, f"{prefix} {asked}".encode(), hashlib.sha256).hexdigest()
        for prefix in ("sk_", "whsec_")
    )

    def write(connection: Connection) -> str:
        digest = hashlib.sha256(wanted.reference.encode()).hexdigest()[:24]
        account = Account(
            id=f"acct_{digest}", name=wanted.name, webhook_url=str(wanted.webhook_url), webhook_secret=secret
        )
        connection.execute(delete(store.ACCOUNT).where(store.ACCOUNT.c.id == account.id))
        row = {"id": account.id, "platform_reference": wanted.reference, "key_sha256": hashed(key)}
        connection.execute(insert(store.ACCOUNT).values(**row, data=account.model_dump(mode="json")))
        return account.id

    return {"id": await storage(request).run(write), "api_key": key, "webhook_secret": secret}


@router.put("/account/next", status_code=204)
async def behave_next(request: Request, caller: Caller, behaviour: NextBehaviour) -> None:
    """How the account's next checkout is to behave."""
    caller.next = behaviour
    await storage(request).run(lambda c: store.save_account(c, caller))


@router.post("/checkouts", status_code=201)
async def create(request: Request, caller: Caller, wanted: NewCheckout, key: Key = None) -> JSONResponse:
    """The same idempotency key gives the same checkout."""
    public_url = settings(request).public_url

    def write(connection: Connection) -> tuple[Checkout | None, NextBehaviour]:
        account = store.account_by(connection, account_id=caller.id)
        known = store.checkout_by_key(connection, caller.id, key) if key else None
        if known is not None or account is None:
            return known, NextBehaviour()
        behaviour = account.next
        account.next = NextBehaviour()
        store.save_account(connection, account)
        if behaviour.create_call in ("timeout_before", "error"):
            return None, behaviour
        checkout = _new(wanted, caller.id, behaviour)
        store.add_checkout(connection, checkout, key)
        if behaviour.create_call == "charge_then_timeout":
            events = rules.pay(checkout, checkout.method or checkout.methods[0], now())
            store.save_checkout(connection, checkout)
            webhooks.tell(connection, checkout, events, public_url)
        return checkout, behaviour

    checkout, behaviour = await storage(request).run(write)
    await _fault(behaviour.create_call, behaviour.hold_seconds)
    assert checkout is not None
    return JSONResponse(checkout.public(public_url), status_code=201)


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
    request: Request, caller: Caller, reference: str = "", limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> dict[str, Any]:
    """The newest first; by the merchant's own reference where one is given."""
    found = await storage(request).run(
        lambda c: store.checkouts(c, account=caller.id, reference=reference, limit=limit)
    )
    return {"data": [checkout.public(settings(request).public_url) for checkout in found]}


@router.get("/checkouts/{checkout_id}")
async def fetch(request: Request, caller: Caller, checkout_id: str) -> dict[str, Any]:
    return (await _change(request, caller, checkout_id, lambda _: [])).public(settings(request).public_url)


@router.post("/checkouts/{checkout_id}/expire")
async def expire(request: Request, caller: Caller, checkout_id: str) -> dict[str, Any]:
    """409 once it is paid."""
    return (await _change(request, caller, checkout_id, rules.expire)).public(settings(request).public_url)


@router.post("/checkouts/{checkout_id}/capture")
async def capture(request: Request, caller: Caller, checkout_id: str) -> dict[str, Any]:
    """Takes the approved money; a second call answers what the first one did."""
    done = await _faulty(request, caller, checkout_id, "capture_call", lambda checkout: rules.capture(checkout, now()))
    return done.public(settings(request).public_url)


@router.post("/refunds", status_code=201)
async def refund(request: Request, caller: Caller, wanted: NewRefund) -> dict[str, Any]:
    """The same reference gives the same refund."""
    checkout_id = await storage(request).run(lambda c: store.checkout_of_payment(c, caller.id, wanted.payment))
    if checkout_id is None:
        raise HTTPException(404, "no such payment")

    def give_back(checkout: Checkout) -> list[str]:
        return rules.refund(checkout, wanted.payment, wanted.amount_minor, wanted.reference)

    done = await _faulty(request, caller, checkout_id, "refund_call", give_back)
    return next(r.model_dump(mode="json") for r in done.refunds if r.reference == wanted.reference)


async def _change(
    request: Request, caller: Account, checkout_id: str, step: Callable[[Checkout], list[str]]
) -> Checkout:
    checkout = await change(request, checkout_id, step, account=caller.id)
    if checkout is None:
        raise HTTPException(404, "no such checkout")
    return checkout


async def change(
    request: Request, checkout_id: str, step: Callable[[Checkout], list[str]], *, account: str = ""
) -> Checkout | None:
    """One step of a checkout, with the events that tell of it, in one transaction."""
    public_url = settings(request).public_url
    return await storage(request).run(lambda c: webhooks.change(c, checkout_id, step, public_url, account))


async def _faulty(
    request: Request, caller: Account, checkout_id: str, call: str, step: Callable[[Checkout], list[str]]
) -> Checkout:
    """The step, with the fault that the checkout asks for in this call: before anything is done, or after."""
    known = await _change(request, caller, checkout_id, lambda _: [])
    if getattr(known.behaviour, call) in ("timeout_before", "error"):
        await _fault_once(request, caller, known, call)
    done = await _change(request, caller, checkout_id, step)
    await _fault_once(request, caller, done, call)
    return done


async def _fault_once(request: Request, caller: Account, checkout: Checkout, call: str) -> None:
    """Misbehaves, but only the first time: whoever asks again gets an answer."""
    fault: str = getattr(checkout.behaviour, call)
    if fault == "none":
        return

    def cured(known: Checkout) -> list[str]:
        setattr(known.behaviour, call, "none")
        return []

    await _change(request, caller, checkout.id, cured)
    await _fault(fault, checkout.behaviour.hold_seconds)


async def _fault(fault: str, hold_seconds: float) -> None:
    if fault == "error":
        raise HTTPException(500, "as asked for")
    if fault != "none":
        await asyncio.sleep(hold_seconds)
        raise HTTPException(504, "as asked for")

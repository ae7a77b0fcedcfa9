"""For whoever tries things out: what is on its way, letting it settle or fail, and bad behaviour by API."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel

from kontor_sandbox import rules, store
from kontor_sandbox.api import change, settings, storage
from kontor_sandbox.model import Behaviour, now
from kontor_sandbox.pages import page

router = APIRouter(prefix="/sandbox")


Outcome = Literal["succeeded", "failed", "reversed", "refunded"]


class Settle(BaseModel):
    """Without a checkout: everything that is on its way. Without an outcome: as the payer chose."""

    checkout: str | None = None
    outcome: Outcome | None = None


@router.get("", include_in_schema=False)
async def overview(request: Request) -> Response:
    _console(request)
    found = await storage(request).run(store.checkouts)
    return page("console", "de", checkouts=found)


@router.post("/settle")
async def settle(request: Request, wanted: Settle) -> dict[str, Any]:
    """Lets money that is on its way arrive or fail now; `reversed` takes settled money back (SEPA return).

    `refunded` carries out refunds that were answered as failed.
    """
    return {"settled": await _settle(request, wanted)}


@router.post("/settle/form", include_in_schema=False)
async def settle_by_form(request: Request, wanted: Annotated[Settle, Form()]) -> Response:
    await _settle(request, wanted)
    return RedirectResponse("/sandbox", status_code=303)


@router.get("/checkouts")
async def everything(request: Request) -> dict[str, Any]:
    """All accounts' checkouts, the newest first."""
    _console(request)
    found = await storage(request).run(lambda c: store.checkouts(c, limit=1000))
    return {"data": [checkout.public(settings(request).public_url) for checkout in found]}


@router.patch("/checkouts/{checkout_id}")
async def behave(request: Request, checkout_id: str, behaviour: Behaviour) -> Behaviour:
    """Sets how badly the provider behaves about this checkout; only what is named changes."""

    def step(checkout: Any) -> list[str]:
        checkout.behaviour = checkout.behaviour.model_copy(update=behaviour.model_dump(exclude_unset=True))
        return []

    checkout = await change(request, checkout_id, step)
    if checkout is None:
        raise HTTPException(404, "no such checkout")
    return checkout.behaviour


async def _settle(request: Request, wanted: Settle) -> list[str]:
    if wanted.checkout is None:
        _console(request)
        everything = await storage(request).run(lambda c: store.checkouts(c, limit=1000))
        chosen = [c.id for c in everything if any(p.state == "pending" for p in c.payments)]
    else:
        chosen = [wanted.checkout]
    for checkout_id in chosen:
        changed = await change(request, checkout_id, lambda checkout: _step(checkout, wanted.outcome))
        if changed is None:
            raise HTTPException(404, "no such checkout")
    return chosen


def _step(checkout: Any, outcome: Outcome | None) -> list[str]:
    if outcome == "reversed":
        return rules.reverse(checkout, "returned_by_bank")
    if outcome == "refunded":
        return rules.carry_out_refunds(checkout)
    return rules.settle(checkout, outcome, now())


def _console(request: Request) -> None:
    if not settings(request).console:
        raise HTTPException(404, "the console is switched off")

"""For whoever tries things out: what is on its way, letting it settle or fail, and bad behaviour by API."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field

from kontor_sandbox import rules
from kontor_sandbox.api import Stored, existing
from kontor_sandbox.model import Behaviour, Checkout, now
from kontor_sandbox.pages import page
from kontor_sandbox.store import Store
from kontor_sandbox.webhooks import change

router = APIRouter(prefix="/sandbox")


class Settle(BaseModel):
    """Without a checkout: everything that is on its way. Without an outcome: as the payer chose."""

    checkout: str | None = None
    outcome: Literal["succeeded", "failed", "reversed", "refunded", "disputed", "answered", "won", "lost"] | None = None
    # Of `disputed`; all of the payment without it.
    amount_minor: int | None = Field(default=None, gt=0)

    def step(self, checkout: Checkout) -> list[str]:
        if self.outcome == "disputed":
            return rules.dispute(checkout, self.amount_minor, now())
        if self.outcome == "answered":
            return rules.follow_disputes(checkout, "under_review")
        if self.outcome == "won" or self.outcome == "lost":
            return rules.follow_disputes(checkout, self.outcome)
        if self.outcome == "reversed":
            return rules.reverse(checkout, "returned_by_bank")
        if self.outcome == "refunded":
            return rules.carry_out_refunds(checkout)
        return rules.settle(checkout, self.outcome, now())


@router.get("", include_in_schema=False)
async def overview(store: Stored) -> Response:
    return page("console", "de", checkouts=store.checkouts())


@router.post("/settle")
async def settle(store: Stored, wanted: Settle) -> dict[str, Any]:
    """Lets money that is on its way arrive or fail now; `reversed` takes settled money back (SEPA return).

    `refunded` carries out refunds that were answered as failed. `disputed`: the payer contests the payment; `answered`: the
    merchant has replied; `won`, `lost`: the payer's bank has decided.
    """
    return {"settled": _settle(store, wanted)}


@router.post("/settle/form", include_in_schema=False)
async def settle_by_form(store: Stored, wanted: Annotated[Settle, Form()]) -> Response:
    _settle(store, wanted)
    return RedirectResponse("/sandbox", status_code=303)


@router.get("/checkouts")
async def everything(store: Stored) -> dict[str, Any]:
    """All accounts' checkouts, the newest first."""
    return {"data": [checkout.public(store.public_url) for checkout in store.checkouts(limit=1000)]}


@router.patch("/checkouts/{checkout_id}")
async def behave(store: Stored, checkout_id: str, behaviour: Behaviour) -> Behaviour:
    """Sets how badly the provider behaves about this checkout; only what is named changes."""

    def step(checkout: Checkout) -> list[str]:
        checkout.behaviour = checkout.behaviour.model_copy(update=behaviour.model_dump(exclude_unset=True))
        return []

    return existing(change(store, checkout_id, step)).behaviour


def _settle(store: Store, wanted: Settle) -> list[str]:
    on_their_way = (c.id for c in store.checkouts(limit=1000) if any(p.state == "pending" for p in c.payments))
    chosen = [wanted.checkout] if wanted.checkout else list(on_their_way)
    for checkout_id in chosen:
        existing(change(store, checkout_id, wanted.step))
    return chosen

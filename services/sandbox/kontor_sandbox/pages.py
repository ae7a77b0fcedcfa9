"""The hosted page on which the payer chooses how the payment ends. Works without scripts."""

from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel, Field

from kontor_sandbox import rules
from kontor_sandbox.api import Stored
from kontor_sandbox.model import CallFault, Checkout, Method, Webhooks, now
from kontor_sandbox.webhooks import change
from kontor_service.formats import money
from kontor_service.i18n import N_, Language, gettext, speaking
from kontor_service.outside_pages import html_response, origin

router = APIRouter(include_in_schema=False)
_HERE = Path(__file__).parent
# What the page says for a code; its other words are in the templates.
_WORDS = {
    "card": N_("Credit card"),
    "sepa_debit": N_("SEPA direct debit"),
    "paypal": N_("PayPal"),
    "declined": N_("The payment was declined. Nothing was charged. Try again or choose another payment method."),
    "refused": N_("The confirmation failed. Nothing was charged."),
    "prompt": N_("at once"),
    "late": N_("late"),
    "twice": N_("twice"),
    "thrice": N_("three times"),
    "out_of_order": N_("out of order"),
    "never": N_("not at all"),
    "capture_call": N_("Answer to the capture call"),
    "refund_call": N_("Answer to the refund call"),
    "none": N_("as it should"),
    "timeout_before": N_("none, nothing done"),
    "timeout_after": N_("none, but done"),
    "error": N_("error 500"),
    "completed": N_("It is complete."),
    "approved": N_("It is approved."),
    "expired": N_("The payment page has expired."),
    "cancelled": N_("It was cancelled."),
}
_PAGES = Environment(loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined)
_PAGES.globals |= {"_": gettext, "words": _WORDS, "money": money}

Outcome = Literal["success", "authenticate", "confirm", "refuse", "pending", "pending_fails", "decline", "cancel"]


class Choice(BaseModel):
    """What the payer's form sends."""

    outcome: Outcome
    method: Method = "card"
    webhooks: Webhooks | Literal[""] = ""
    late_seconds: float | None = Field(default=None, ge=0, le=86_400)
    capture_call: CallFault | Literal[""] = ""
    refund_call: CallFault | Literal[""] = ""

    def note(self, checkout: Checkout) -> list[str]:
        """The way to pay and the bad behaviour that were chosen; the payment itself follows."""
        chosen = self.model_dump(exclude={"outcome", "method"})
        wanted = {name: value for name, value in chosen.items() if value not in ("", None)}
        checkout.behaviour = checkout.behaviour.model_copy(update=wanted)
        if checkout.state == "open" and self.method in checkout.methods:
            checkout.method = self.method
        return []


@router.get("/pay/{checkout_id}")
async def show(store: Stored, checkout_id: str, lang: Annotated[Language | None, Query()] = None) -> Response:
    checkout = store.checkout(checkout_id)
    if checkout is None:
        return page("unknown", lang or "de", status=404)
    return _pay_page("pay" if checkout.state == "open" else "ended", checkout, lang)


@router.post("/pay/{checkout_id}")
async def choose(
    request: Request,
    store: Stored,
    checkout_id: str,
    choice: Annotated[Choice, Form()],
    lang: Annotated[Language | None, Query()] = None,
) -> Response:
    known = change(store, checkout_id, choice.note)
    if known is None:
        return page("unknown", lang or "de", status=404)
    if known.state != "open":
        return _pay_page("ended", known, lang, status=409)
    if choice.outcome == "authenticate":
        return _pay_page("confirm", known, lang)
    try:
        done = change(store, checkout_id, partial(_end, choice, request.app.state.settings.settle_after_seconds))
    except rules.NotOpen:
        return RedirectResponse(f"/pay/{checkout_id}", status_code=303)
    assert done is not None
    if choice.outcome in ("decline", "refuse"):
        return _pay_page("pay", done, lang, problem="declined" if choice.outcome == "decline" else "refused")
    return RedirectResponse(done.cancel_url if choice.outcome == "cancel" else done.return_url, status_code=303)


def _end(choice: Choice, settle_after: float, checkout: Checkout) -> list[str]:
    method = checkout.method or checkout.methods[0]
    wait = checkout.behaviour.settle_after_seconds
    match choice.outcome:
        case "decline":
            failure = "insufficient_funds" if method == "sepa_debit" else "card_declined"
            return rules.decline(checkout, method, failure, now())
        case "refuse":
            return rules.decline(checkout, method, "authentication_failed", now())
        case "cancel":
            return rules.cancel(checkout)
        case "pending" | "pending_fails":
            outcome: Literal["succeeded", "failed"] = "succeeded" if choice.outcome == "pending" else "failed"
            return rules.pay_later(checkout, outcome, settle_after if wait is None else wait, now())
    return rules.pay(checkout, method, now())


def _pay_page(
    name: str, checkout: Checkout, language: Language | None, *, problem: str = "", status: int = 200
) -> Response:
    shown = language or checkout.language
    targets = {origin(checkout.return_url), origin(checkout.cancel_url)}
    return page(
        name,
        shown,
        status=status if not problem else 402,
        form_targets=" ".join(sorted(targets)),
        checkout=checkout,
        amount=money(checkout.amount_minor, checkout.currency, shown),
        problem=problem,
        faults=get_args(CallFault),
    )


def page(name: str, language: Language, *, status: int = 200, form_targets: str = "", **values: Any) -> HTMLResponse:
    with speaking(language):
        html = _PAGES.get_template(f"{name}.html").render(**values, language=language)
    return html_response(html, status=status, form_targets=form_targets)

"""The hosted page on which the payer chooses how the payment ends. Works without scripts."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel, Field

from kontor_sandbox import rules
from kontor_sandbox.api import change, settings
from kontor_sandbox.model import Behaviour, CallFault, Checkout, Method, Webhooks, now
from kontor_sandbox.words import WORDS
from kontor_service.formats import money
from kontor_service.i18n import Language, gettext, speaking

router = APIRouter(include_in_schema=False)
_HERE = Path(__file__).parent
_PAGES = Environment(loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined)
_PAGES.globals |= {"_": gettext, "words": WORDS, "money": money}
_STYLE = (_HERE / "sandbox.css").read_bytes()

Outcome = Literal["success", "authenticate", "confirm", "refuse", "pending", "pending_fails", "decline", "cancel"]


class Choice(BaseModel):
    """What the payer's form sends."""

    outcome: Outcome
    method: Method = "card"
    webhooks: Webhooks | Literal[""] = ""
    late_seconds: float | None = Field(default=None, ge=0, le=86_400)
    capture_call: CallFault | Literal[""] = ""
    refund_call: CallFault | Literal[""] = ""

    def behave(self, known: Behaviour) -> Behaviour:
        chosen = self.model_dump(exclude={"outcome", "method"})
        return known.model_copy(update={name: value for name, value in chosen.items() if value not in ("", None)})


@router.get("/style.css")
async def style() -> Response:
    return Response(_STYLE, media_type="text/css", headers={"Cache-Control": "max-age=3600"})


@router.get("/pay/{checkout_id}")
async def show(request: Request, checkout_id: str, lang: Annotated[Language | None, Query()] = None) -> Response:
    checkout = await change(request, checkout_id, lambda _: [])
    if checkout is None:
        return page("unknown", lang or "de", status=404)
    if checkout.state != "open":
        return _pay_page("ended", checkout, lang)
    return _pay_page("pay", checkout, lang)


@router.post("/pay/{checkout_id}")
async def choose(
    request: Request,
    checkout_id: str,
    choice: Annotated[Choice, Form()],
    lang: Annotated[Language | None, Query()] = None,
) -> Response:
    known = await change(request, checkout_id, lambda checkout: _misbehave(checkout, choice))
    if known is None:
        return page("unknown", lang or "de", status=404)
    if known.state != "open":
        return _pay_page("ended", known, lang, status=409)
    if choice.outcome == "authenticate":
        return _pay_page("confirm", known, lang)
    try:
        done = await change(request, checkout_id, _step(choice, settings(request).settle_after_seconds))
    except rules.NotOpen:
        return RedirectResponse(f"/pay/{checkout_id}", status_code=303)
    assert done is not None
    if choice.outcome in ("decline", "refuse"):
        return _pay_page("pay", done, lang, problem="declined" if choice.outcome == "decline" else "refused")
    return RedirectResponse(done.cancel_url if choice.outcome == "cancel" else done.return_url, status_code=303)


def _misbehave(checkout: Checkout, choice: Choice) -> list[str]:
    checkout.behaviour = choice.behave(checkout.behaviour)
    if checkout.state == "open" and choice.method in checkout.methods:
        checkout.method = choice.method
    return []


def _step(choice: Choice, settle_after: float) -> Callable[[Checkout], list[str]]:
    def step(checkout: Checkout) -> list[str]:
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

    return step


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
    """Browsers apply form-action to the redirect after a form too, so the way back to the merchant is named."""
    with speaking(language):
        html = _PAGES.get_template(f"{name}.html").render(**values, language=language)
    policy = (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self' {form_targets}"
    )
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return HTMLResponse(html, status_code=status, headers=headers)


def origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"

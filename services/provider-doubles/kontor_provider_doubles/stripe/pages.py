"""The hosted page, where the payer chooses how the payment ends; and the pages of a bank and of Connect. No scripts."""

from pathlib import Path
from secrets import token_hex
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel

from kontor_provider_doubles.stripe import saved, sessions
from kontor_provider_doubles.stripe.calls import Call
from kontor_provider_doubles.stripe.endpoints import ENDPOINTS
from kontor_provider_doubles.stripe.errors import invalid
from kontor_provider_doubles.stripe.keys import ALL, Caller, caller_of, connect_account, create_key, disconnect_account
from kontor_service.formats import money
from kontor_service.i18n import N_, Language, gettext, speaking
from kontor_service.outside_pages import html_response, origin

router = APIRouter(include_in_schema=False)
_HERE = Path(__file__).parent
_PAGES = Environment(loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined)
_WORDS = {
    "card": N_("Card"),
    "sepa_debit": N_("SEPA direct debit"),
    "klarna": N_("Klarna"),
    "paypal": N_("PayPal"),
    "declined": N_(
        "The payment was declined. Nothing was charged. Try again or go back and choose another way to pay."
    ),
}
_PAGES.globals |= {"_": gettext, "words": _WORDS, "money": money}
# How the payer ends it. Failure codes are Stripe's.
Outcome = Literal[
    "succeeded", "apple_pay", "pending_fails", "generic_decline", "insufficient_funds", "expired_card",
    "authentication_failed", "cancel", "authentication_required",
]  # fmt: skip


class Choice(BaseModel):
    outcome: Outcome
    method: str = "card"


@router.get("/pay/{session_id}")
async def show(request: Request, session_id: str) -> Response:
    _, session = _session(request, session_id)
    return _page("pay", session) if session["status"] == "open" else _page("ended", session)


@router.post("/pay/{session_id}")
async def choose(request: Request, session_id: str, choice: Annotated[Choice, Form()]) -> Response:
    call, session = _session(request, session_id)
    if session["status"] != "open":
        return _page("ended", session, status=409)
    if choice.outcome == "cancel":
        return RedirectResponse(session["cancel_url"] or session["success_url"], status_code=303)
    if choice.method not in session["payment_method_types"]:
        raise invalid("This way to pay is not offered.", param="method")
    with call.store.transaction():
        failed = _pay(call, session, choice)
    if failed:
        return _page("pay", session, status=402, problem="declined")
    url = session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])
    return RedirectResponse(url, status_code=303)


@router.get("/authenticate/{intent_id}")
async def ask_payer(request: Request, intent_id: str) -> Response:
    _, intent = _owned(request, "pi", intent_id)
    action = intent["next_action"]
    target = action["redirect_to_url"]["return_url"] if action else ""
    return _html("authenticate", intent=intent, targets=origin(target))


@router.post("/authenticate/{intent_id}")
async def answer_bank(request: Request, intent_id: str, confirmed: Annotated[bool, Form()]) -> Response:
    call, intent = _owned(request, "pi", intent_id)
    if intent["status"] != "requires_action":
        return _html("authenticate", intent=intent, targets="", status=409)
    target: str = intent["next_action"]["redirect_to_url"]["return_url"]
    with call.store.transaction():
        saved.authenticate(call, intent, confirmed=confirmed)
    separator = "&" if "?" in target else "?"
    return RedirectResponse(f"{target}{separator}payment_intent={intent_id}", status_code=303)


@router.get("/double/stripe")
async def console() -> Response:
    """For whoever tries things out: a new account with a restricted key, which Kontor's dialog asks for."""
    return _html("console", targets="", key="")


@router.post("/double/stripe")
async def new_account(request: Request, livemode: Annotated[bool, Form()] = False) -> Response:
    store, account = request.app.state.store, f"acct_{token_hex(8)}"
    key = create_key(
        store, account, livemode=livemode, permissions=sorted({one.permission for one in ENDPOINTS.values()})
    )
    return _html("console", targets="", key=key)


@router.get("/oauth/authorize")
async def authorize(
    request: Request, client_id: str, redirect_uri: str, state: str, scope: str, response_type: str
) -> Response:
    """The merchant is asked whether the platform may act for its account."""
    if response_type != "code" or scope != "read_write" or not client_id.startswith("ca_"):
        raise invalid("Invalid OAuth request.", code="invalid_request")
    return _html("authorize", redirect_uri=redirect_uri, state=state, targets=origin(redirect_uri))


@router.post("/oauth/authorize")
async def allow(
    request: Request, redirect_uri: Annotated[str, Form()], state: Annotated[str, Form()], allowed: Annotated[bool, Form()],
    account: Annotated[str, Form()] = "", livemode: Annotated[bool, Form()] = False,
) -> Response:  # fmt: skip
    store, answer = request.app.state.store, {"state": state}
    if allowed:
        code = f"ac_{token_hex(16)}"
        with store.transaction():
            row = {"id": code, "account": account or f"acct_{token_hex(8)}", "livemode": livemode}
            store.add(ALL, "double.code", row)
        answer |= {"code": code, "scope": "read_write"}
    else:
        answer |= {"error": "access_denied", "error_description": "The user denied your request"}
    return RedirectResponse(f"{redirect_uri}?{urlencode(answer)}", status_code=303)


@router.post("/oauth/token")
async def exchange(request: Request, code: Annotated[str, Form()], grant_type: Annotated[str, Form()]) -> Response:
    """The code, once, for the account that gave it."""
    _must_be_platform(request)
    store = request.app.state.store
    found = store.get(ALL, "double.code", code)
    if grant_type != "authorization_code" or found is None:
        error = {"error": "invalid_grant", "error_description": f"Authorization code does not exist: {code}"}
        return JSONResponse(error, status_code=400)
    with store.transaction():
        store.remove(code)
        connect_account(store, found["account"], livemode=found["livemode"])
    answer = {"stripe_user_id": found["account"], "livemode": found["livemode"], "scope": "read_write"}
    return JSONResponse({**answer, "token_type": "bearer", "stripe_publishable_key": f"pk_{found['account']}"})


@router.post("/oauth/deauthorize")
async def deauthorize(
    request: Request, client_id: Annotated[str, Form()], stripe_user_id: Annotated[str, Form()]
) -> Response:
    _must_be_platform(request)
    store = request.app.state.store
    with store.transaction():
        known = disconnect_account(store, stripe_user_id)
    if not known:
        error = {"error": "invalid_client", "error_description": f"{client_id} is not connected to {stripe_user_id}"}
        return JSONResponse(error, status_code=401)
    return JSONResponse({"stripe_user_id": stripe_user_id})


def _pay(call: Call, session: dict[str, Any], choice: Choice) -> bool:
    """Whether it failed."""
    if session["mode"] == "setup":
        saved.save_method(call, session, choice.method, choice.outcome)
        return False
    outcome, wallet, settles = choice.outcome, "", ""
    if outcome == "apple_pay":
        outcome, wallet = "succeeded", "apple_pay"
    if choice.method == "sepa_debit" and outcome in ("succeeded", "pending_fails"):
        settles = "insufficient_funds" if outcome == "pending_fails" else "succeeded"
        outcome = "pending"  # type: ignore[assignment]
    charge = sessions.pay(call, session, choice.method, outcome, wallet=wallet, settles=settles)
    return bool(charge["status"] == "failed")


def _session(request: Request, session_id: str) -> tuple[Call, dict[str, Any]]:
    return _owned(request, "cs", session_id)


def _owned(request: Request, kind: str, object_id: str) -> tuple[Call, dict[str, Any]]:
    """Payers have no key: the id is what they know."""
    state = request.app.state
    for space, found in state.store.owners(kind):
        if found["id"] == object_id:
            account, _, mode = space.partition("/")
            return Call(state.store, Caller(account, mode == "live"), state.public_url), found
    raise invalid("There is no such page.")


def _must_be_platform(request: Request) -> None:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    platform = request.app.state.settings.platform_key.get_secret_value()
    caller_of(request.app.state.store, platform, key if scheme == "Bearer" and key == platform else "", "")


def _page(name: str, session: dict[str, Any], *, status: int = 200, problem: str = "") -> Response:
    targets = {origin(session["success_url"]), origin(session["cancel_url"] or session["success_url"])}
    language: Language = "en" if session["locale"] == "en" else "de"
    return _html(
        name, status=status, targets=" ".join(sorted(targets)), session=session, problem=problem, language=language
    )


def _html(name: str, *, targets: str, status: int = 200, language: Language = "de", **values: Any) -> Response:
    with speaking(language):
        html = _PAGES.get_template(f"{name}.html").render(**values, language=language)
    return html_response(html, status=status, form_targets=targets)

"""PayPal's pages, where the payer chooses how the payment ends, and where a merchant agrees. No scripts."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel

from kontor_provider_doubles.paypal import apps, orders, vault
from kontor_provider_doubles.paypal.apps import Caller, new_id
from kontor_provider_doubles.paypal.calls import Call
from kontor_provider_doubles.paypal.errors import missing
from kontor_service.formats import money
from kontor_service.i18n import Language, gettext, speaking
from kontor_service.money import to_minor
from kontor_service.outside_pages import html_response, origin

router = APIRouter(include_in_schema=False)
_HERE = Path(__file__).parent
_PAGES = Environment(loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined)
_PAGES.globals |= {"_": gettext, "money": money}


class Choice(BaseModel):
    outcome: orders.Capture | Literal["cancel"]


@router.get("/double/paypal")
async def console() -> Response:
    """For whoever tries things out: a new account with an app, whose keys Kontor's dialog asks for."""
    return _html("console", targets="", app=None)


@router.post("/double/paypal")
async def new_account(request: Request, mode: Annotated[Literal["test", "live"], Form()] = "test") -> Response:
    app = apps.create_app_of(request.app.state.store, new_id(13), mode, apps.EVERYTHING)
    return _html("console", targets="", app=app)


@router.get("/checkoutnow")
@router.get("/live/checkoutnow")
async def show(request: Request, token: str) -> Response:
    _, order = _owned(request, "order", token)
    if not _can_be_approved(order):
        return _page("ended", order)
    amount = order["purchase_units"][0]["amount"]
    return _page("approve", order, total=to_minor(Decimal(amount["value"]), amount["currency_code"]))


@router.post("/checkoutnow")
@router.post("/live/checkoutnow")
async def choose(request: Request, token: str, choice: Annotated[Choice, Form()]) -> Response:
    call, order = _owned(request, "order", token)
    context = order["_hidden"]["context"]
    if not _can_be_approved(order):
        return _page("ended", order, status=409)
    if choice.outcome == "cancel":
        return _back(context["cancel_url"], token=token)
    with call.store.transaction():
        orders.approve(call, order, choice.outcome)
    return _back(context["return_url"], token=token, PayerID=new_id(13))


@router.get("/agreements/approve")
@router.get("/live/agreements/approve")
async def show_setup(request: Request, approval_session_id: str) -> Response:
    _, setup = _owned(request, "setup", approval_session_id)
    return _page("save" if setup["status"] == "PAYER_ACTION_REQUIRED" else "ended", setup)


@router.post("/agreements/approve")
@router.post("/live/agreements/approve")
async def choose_setup(request: Request, approval_session_id: str, choice: Annotated[Choice, Form()]) -> Response:
    call, setup = _owned(request, "setup", approval_session_id)
    context = setup["_hidden"]["context"]
    if choice.outcome == "cancel":
        return _back(context["cancel_url"], approval_token_id=approval_session_id)
    if setup["status"] != "PAYER_ACTION_REQUIRED":
        return _page("ended", setup, status=409)
    with call.store.transaction():
        vault.approve(call, setup, choice.outcome)
    return _back(context["return_url"], approval_token_id=approval_session_id)


@router.get("/bizsignup/partner/entry")
@router.get("/live/bizsignup/partner/entry")
async def show_referral(request: Request, token: Annotated[str, Query(alias="referralToken")]) -> Response:
    """The merchant is asked whether the partner may act for it."""
    _, referral = _owned(request, "referral", token)
    url = referral["request"]["partner_config_override"]["return_url"]
    return _html("referral", targets=origin(url), referral=referral)


@router.post("/bizsignup/partner/entry")
@router.post("/live/bizsignup/partner/entry")
async def agree(
    request: Request,
    token: Annotated[str, Query(alias="referralToken")],
    allowed: Annotated[bool, Form()],
    merchant: Annotated[str, Form()] = "",
) -> Response:
    call, referral = _owned(request, "referral", token)
    url, tracking = referral["request"]["partner_config_override"]["return_url"], referral["request"]["tracking_id"]
    account = merchant or new_id(13)
    told = {
        "merchantId": tracking,
        "productIntentId": "addipmt",
        "isEmailConfirmed": "true",
        "accountStatus": "BUSINESS_ACCOUNT",
    }
    if not allowed:
        return _back(url, **told, permissionsGranted="false", consentStatus="false")
    with call.store.transaction():
        apps.agree(call.store, account, call.caller.mode, call.caller.account, tracking)
    return _back(url, **told, merchantIdInPayPal=account, permissionsGranted="true", consentStatus="true")


def _can_be_approved(order: dict[str, Any]) -> bool:
    return order["status"] in ("CREATED", "PAYER_ACTION_REQUIRED", "APPROVED")


def _owned(request: Request, kind: str, object_id: str) -> tuple[Call, dict[str, Any]]:
    """Payers have no token: the id is what they know."""
    state = request.app.state
    for space, found in state.store.owners(kind):
        if found["id"] == object_id:
            account, _, mode = space.partition("/")
            call = Call(state.store, Caller(account, mode, "", apps.EVERYTHING), state.public_url)
            return call, orders.get(call, object_id) if kind == "order" else found
    raise missing()


def _back(url: str, **told: str) -> Response:
    """PayPal adds what it has to say to the address."""
    separator = "&" if "?" in url else "?"
    return RedirectResponse(f"{url}{separator}{urlencode(told)}", status_code=303)


def _page(name: str, about: dict[str, Any], *, status: int = 200, **values: Any) -> Response:
    context = about["_hidden"]["context"]
    targets = {origin(context.get(one, "")) for one in ("return_url", "cancel_url")}
    language: Language = "en" if context.get("locale", "de").startswith("en") else "de"
    return _html(
        name, status=status, targets=" ".join(sorted(targets)), about=about, language=language,
        back=context.get("return_url", ""), **values,
    )  # fmt: skip


def _html(name: str, *, targets: str, status: int = 200, language: Language = "de", **values: Any) -> Response:
    with speaking(language):
        html = _PAGES.get_template(f"{name}.html").render(**values, language=language)
    return html_response(html, status=status, form_targets=targets)

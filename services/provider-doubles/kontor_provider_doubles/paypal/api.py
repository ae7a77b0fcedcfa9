"""PayPal's REST API, for the sandbox at / and for live accounts at /live."""

import base64
import binascii
import json
import re
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from pydantic import ValidationError

from kontor_provider_doubles import behaviour
from kontor_provider_doubles.paypal import apps
from kontor_provider_doubles.paypal.calls import Call, certificate_id, certificate_pem
from kontor_provider_doubles.paypal.endpoints import ENDPOINTS, Endpoint, endpoint_of
from kontor_provider_doubles.paypal.errors import PayPalError, invalid, missing
from kontor_provider_doubles.paypal.shapes import Shape

router = APIRouter()
_PREFER = re.compile(r"[a-zA-Z=]{1,25}")
_LONGEST_KEY = 108


def _mode(request: Request) -> str:
    return "live" if request.url.path.startswith("/live/") else "test"


@router.post("/v1/oauth2/token")
@router.post("/live/v1/oauth2/token")
async def token(request: Request) -> Response:
    form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
    if form != {"grant_type": "client_credentials"}:
        refused = {"error": "unsupported_grant_type", "error_description": "Grant Type is NULL"}
        return JSONResponse(refused, status_code=400)
    client_id, secret = _basic(request.headers.get("authorization", ""))
    state = request.app.state
    if client_id == apps.PARTNER_CLIENT:
        apps.register_partner(state.store, state.settings.platform_key.get_secret_value())
    made = apps.new_token(state.store, _mode(request), client_id, secret)
    if made is None:
        refused = {"error": "invalid_client", "error_description": "Client Authentication failed"}
        return JSONResponse(refused, status_code=401)
    return JSONResponse(made)


@router.get("/v1/notifications/certs/{name}")
@router.get("/live/v1/notifications/certs/{name}")
async def certificate(name: str) -> Response:
    if name != certificate_id():
        raise missing()
    return Response(certificate_pem(), media_type="application/x-pem-file")


@router.api_route("/v{version:int}/{rest:path}", methods=["GET", "POST", "DELETE", "PATCH", "PUT"])
@router.api_route("/live/v{version:int}/{rest:path}", methods=["GET", "POST", "DELETE", "PATCH", "PUT"])
async def call_api(request: Request) -> Response:
    found = endpoint_of(request.method, request.url.path.removeprefix("/live"))
    if found is None:
        raise missing()
    name, ids = found
    endpoint = ENDPOINTS[name]
    call = _call(request)
    call.caller.must(endpoint.permission)
    body = await _body(request, endpoint)
    fault = behaviour.take_fault(call.store, call.caller.account, name)
    if fault == "error":
        raise PayPalError(500, "INTERNAL_SERVER_ERROR", "An internal server error has occurred.")
    if fault == "timeout_before":
        return await _silence(call)
    status, answer = _answer(call, endpoint, name, ids, body, request)
    if fault == "timeout_after":
        return await _silence(call)
    return Response(status_code=204) if status == 204 else JSONResponse(answer, status_code=status)


async def _silence(call: Call) -> Response:
    await behaviour.hold(call.store, call.caller.account)
    return Response(status_code=504)


def _answer(
    call: Call, endpoint: Endpoint, name: str, ids: tuple[str, ...], body: Shape | None, request: Request
) -> tuple[int, Any]:
    """What was answered before under the same request id; else what the endpoint says, in one transaction."""
    key = _header(request, "paypal-request-id", _LONGEST_KEY)
    slot = f"{name} {' '.join(ids)} {key}"
    known = call.store.answer(call.caller.space, slot) if key else None
    if known is not None:
        # PayPal answers what it answered before; 200 instead of 201.
        return (200 if known["status"] == 201 else known["status"]), json.loads(known["body"])
    refused: PayPalError | None = None
    with call.store.transaction():
        try:
            answer = endpoint.answer(call, ids, body, dict(request.query_params))
        except PayPalError as error:
            # A declined capture has changed the order all the same.
            refused = error
        else:
            if key and endpoint.status != 204:
                call.store.add_answer(call.caller.space, slot, "", endpoint.status, answer)
    if refused is not None:
        raise refused
    return endpoint.status, answer


def _call(request: Request) -> Call:
    state, headers = request.app.state, request.headers
    prefer = headers.get("prefer", "return=minimal")
    if not _PREFER.fullmatch(prefer):
        raise invalid(
            "INVALID_PARAMETER_SYNTAX", "Prefer", "The value of a field does not conform to the expected format."
        )
    caller = apps.caller_of(
        state.store, _mode(request), headers.get("authorization", ""), headers.get("paypal-auth-assertion", "")
    )
    live = "/live" if caller.mode == "live" else ""
    return Call(state.store, caller, state.public_url, f"{str(request.base_url).rstrip('/')}{live}")


async def _body(request: Request, endpoint: Endpoint) -> Shape | None:
    """The request as its shape. Raises PayPalError for what the published contract does not allow."""
    if set(request.query_params) - endpoint.query:
        raise invalid("INVALID_PARAMETER_SYNTAX", "query", f"Unknown parameters {sorted(request.query_params)}.")
    if endpoint.needs_key:
        _header(request, "paypal-request-id", _LONGEST_KEY, required=True)
    content = await request.body()
    if endpoint.body is None:
        if content not in (b"", b"{}"):
            raise invalid("MALFORMED_REQUEST_JSON", "body", "This call takes no body.")
        return None
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise PayPalError(
            415, "UNSUPPORTED_MEDIA_TYPE", "The server does not support the request payload's media type."
        )
    try:
        return endpoint.body.model_validate_json(content or b"{}")
    except ValidationError as error:
        first = error.errors()[0]
        field = "/" + "/".join(str(part) for part in first["loc"])
        issue = "MISSING_REQUIRED_PARAMETER" if first["type"] == "missing" else "INVALID_PARAMETER_VALUE"
        raise invalid(issue, field, first["msg"]) from error


def _header(request: Request, name: str, longest: int, *, required: bool = False) -> str:
    value = request.headers.get(name, "")
    if len(value) > longest or (required and not value):
        raise invalid("INVALID_STRING_LENGTH" if value else "MISSING_REQUIRED_PARAMETER", name, f"{name} is not right.")
    return value


def _basic(authorization: str) -> tuple[str, str]:
    scheme, _, encoded = authorization.partition(" ")
    try:
        told = base64.b64decode(encoded, validate=True).decode() if scheme == "Basic" else ""
    except (ValueError, binascii.Error):
        told = ""
    client_id, _, secret = told.partition(":")
    return client_id, secret


def prepare(app: FastAPI) -> None:
    @app.exception_handler(PayPalError)
    async def refuse(_: Request, error: PayPalError) -> JSONResponse:
        return JSONResponse(error.body, status_code=error.status)

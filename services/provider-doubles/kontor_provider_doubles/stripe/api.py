"""The API's one way in: key, permission, parameters, idempotency, fault, answer; in the order in which Stripe looks."""

import json
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse, Response

from kontor_provider_doubles import behaviour
from kontor_provider_doubles.stripe.calls import Call, expanded
from kontor_provider_doubles.stripe.endpoints import ENDPOINTS, endpoint_of
from kontor_provider_doubles.stripe.errors import StripeError
from kontor_provider_doubles.stripe.keys import caller_of
from kontor_provider_doubles.stripe.params import checked

router = APIRouter()


@router.api_route("/v1/{path:path}", methods=["GET", "POST", "DELETE"])
async def call_api(request: Request, path: str) -> Response:
    found = endpoint_of(request.method, f"/v1/{path}")
    if found is None:
        raise StripeError(
            404, "invalid_request_error", f"Unrecognized request URL ({request.method}: /v1/{path}).",
        )  # fmt: skip
    name, ids = found
    endpoint, encoded = ENDPOINTS[name], await _encoded(request)
    call = _call(request, ids)
    call.caller.must(endpoint.permission)
    call.params = checked(endpoint.params, encoded)
    fault = behaviour.take_fault(call.store, call.caller.account, name)
    if fault == "error":
        raise StripeError(500, "api_error", "As asked for.")
    if fault == "timeout_before":
        await behaviour.hold(call.store, call.caller.account)
        return Response(status_code=504)
    status, body = _answer(call, name, f"{request.method} {path} {encoded}")
    if fault == "timeout_after":
        await behaviour.hold(call.store, call.caller.account)
        return Response(status_code=504)
    return JSONResponse(body, status_code=status, headers={"Request-Id": "req_double"})


def _answer(call: Call, name: str, request: str) -> tuple[int, Any]:
    """What was answered before under the same key; else what the endpoint says, with its changes in one transaction."""
    key = call.idempotency_key
    known = call.store.answer(call.caller.space, key) if key else None
    if known is not None:
        if known["request"] != request:
            raise StripeError(
                400, "idempotency_error",
                "Keys for idempotent requests can only be used with the same parameters they were first used with.",
            )  # fmt: skip
        return known["status"], json.loads(known["body"])
    with call.store.transaction():
        try:
            status, body = 200, expanded(call, ENDPOINTS[name].answer(call), list(call.params.get("expand", [])))
        except StripeError as error:
            # A declined payment has changed something all the same.
            status, body = error.status, error.body
            if status == 402:
                body = json.loads(json.dumps(body, default=str))
        if key and status != 400:
            call.store.add_answer(call.caller.space, key, request, status, body)
    return status, body


def _call(request: Request, ids: tuple[str, ...]) -> Call:
    state = request.app.state
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise StripeError(401, "invalid_request_error", "You did not provide an API key.")
    platform = state.settings.platform_key.get_secret_value()
    caller = caller_of(state.store, platform, key, request.headers.get("stripe-account", ""))
    return Call(state.store, caller, state.public_url, ids=ids, idempotency_key=request.headers.get("idempotency-key"))


async def _encoded(request: Request) -> str:
    return request.url.query if request.method != "POST" else (await request.body()).decode()


def prepare(app: FastAPI) -> None:
    @app.exception_handler(StripeError)
    async def refuse(_: Request, error: StripeError) -> JSONResponse:
        return JSONResponse(error.body, status_code=error.status, headers={"Request-Id": "req_double"})

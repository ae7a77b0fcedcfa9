"""Errors as RFC 9457 problem details: a stable code, an HTTP status, rendered once.

Services subclass these and set `code` and `title`; the detail says what is wrong in a sentence.
"""

from typing import Any, TypedDict

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from opentelemetry import trace
from starlette.exceptions import HTTPException


class FieldError(TypedDict):
    field: str
    code: str
    message: str


class Problem(Exception):
    """Something the caller can be told. `field` is a path into the input, e.g. lines[2].quantity."""

    status = 500
    code = "internal_error"
    title = "Something went wrong"

    def __init__(
        self,
        detail: str = "",
        *,
        code: str | None = None,
        field: str | None = None,
        errors: list[FieldError] | None = None,
        status: int | None = None,
        title: str | None = None,
        headers: dict[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.code = code or self.code
        self.status = status or self.status
        self.title = title or self.title
        self.field = field
        self.errors = errors or []
        self.headers = headers
        self.extra = extra

    def as_dict(self) -> dict[str, Any]:
        body: dict[str, Any] = {
            "type": f"urn:kontor:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            **self.extra,
        }
        if self.field:
            body["field"] = self.field
        if self.errors:
            body["errors"] = self.errors
        return body


class Invalid(Problem):
    status, code, title = 422, "invalid", "The input is not valid"


class Unauthorized(Problem):
    status, code, title = 401, "unauthorized", "Authentication is needed"


class Forbidden(Problem):
    status, code, title = 403, "not_allowed", "This is not allowed"


class NotFound(Problem):
    status, code, title = 404, "not_found", "There is no such thing"


class Conflict(Problem):
    status, code, title = 409, "conflict", "This contradicts what is there"


class Gone(Problem):
    status, code, title = 410, "gone", "This is no longer available"


class TooLarge(Problem):
    status, code, title = 413, "too_large", "This is too large"


class TooMany(Problem):
    status, code, title = 429, "too_many_requests", "Too many attempts"


class Unavailable(Problem):
    status, code, title = 503, "owner_unavailable", "A part of the platform does not answer"


def reference() -> str:
    """The number under which this request's trace is found; empty outside a trace."""
    context = trace.get_current_span().get_span_context()
    return format(context.trace_id, "032x") if context.is_valid else ""


def problem_response(problem: Problem) -> JSONResponse:
    return JSONResponse(
        problem.as_dict() | {"trace": reference()},
        status_code=problem.status,
        media_type="application/problem+json",
        headers=problem.headers,
    )


def install_handlers(app: FastAPI) -> None:
    """Renders every error of the app as problem+json. Edges put their HTML pages before it."""

    @app.exception_handler(Problem)
    async def on_problem(_: Request, error: Problem) -> JSONResponse:
        return problem_response(error)

    @app.exception_handler(RequestValidationError)
    async def on_invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        return problem_response(invalid_from(error.errors()))

    @app.exception_handler(HTTPException)
    async def on_http(_: Request, error: HTTPException) -> JSONResponse:
        code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "http_error")
        return problem_response(
            Problem(str(error.detail), status=error.status_code, code=code, title=str(error.detail))
        )


def invalid_from(errors: Any) -> Invalid:
    """Pydantic's findings as one Invalid that names each field once, without echoing what was sent."""
    # Where something may also be empty, that it is not empty is no finding.
    said = [e for e in errors if "literal['']" not in e["loc"]] or errors
    named: dict[str, FieldError] = {}
    for e in said:
        field = field_path(e["loc"])
        named.setdefault(field, {"field": field, "code": e["type"], "message": e["msg"].removeprefix("Value error, ")})
    found = list(named.values())
    first = found[0] if found else {"field": "", "message": "invalid"}
    return Invalid(f"{first['field']}: {first['message']}", field=first["field"], errors=found)


def field_path(location: tuple[str | int, ...]) -> str:
    """('body', 'lines', 2, 'net') → lines[2].net; which branch of a union was tried is no part of the path."""
    parts = location[1:] if location and location[0] in ("body", "query", "path", "header") else location
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts if not _is_branch(part))
    return path.lstrip(".")


def _is_branch(part: str | int) -> bool:
    """Pydantic names branches like `literal['']` and `function-after[_iban(), constrained-str]`."""
    return isinstance(part, str) and (part.endswith("]") or part in ("str", "constrained-str"))

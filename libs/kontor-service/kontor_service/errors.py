"""Errors as RFC 9457 problem details: a stable code, an HTTP status, parameters, and a sentence in the reader's language.

Services name their own, e.g. `MeterEnded = Conflict.named("meter_ended", N_("The meter is no longer in use."))`. Messages
are English and marked with N_; `%(name)s` is filled from the parameters, and so is what German stands for them in the
catalogs.
"""

from typing import Any, NotRequired, Self, TypedDict, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from opentelemetry import trace
from starlette.exceptions import HTTPException

from kontor_service.i18n import N_
from kontor_service.validation import expectation, field_path
from kontor_service.vocabulary import Rendered, complete, say

_JSON = (str, int, float, list, dict, type(None))


class FieldError(TypedDict):
    """`message` is a message of the catalogs, filled from `params` where it is shown."""

    field: str
    code: str
    message: str
    params: NotRequired[dict[str, Any]]


class Problem(Exception):
    """Something the caller can be told. `field` is a path into the input, e.g. lines[2].quantity.

    `params` fill the message and stand beside the code in the answer, under their names.
    """

    status = 500
    code = "internal_error"
    title = N_("Something went wrong.")

    @classmethod
    def named(cls, code: str, title: str) -> type[Self]:
        """Creates a subclass with this code and title."""
        return cast("type[Self]", type(code, (cls,), {"code": code, "title": title}))

    def __init__(
        self,
        message: str = "",
        *,
        code: str | None = None,
        field: str | None = None,
        errors: list[FieldError] | None = None,
        status: int | None = None,
        title: str | None = None,
        headers: dict[str, str] | None = None,
        **params: Any,
    ) -> None:
        self.message = message or self.title
        self.code = code or self.code
        self.status = status or self.status
        self.title = title or self.title
        self.field = field
        self.errors = errors or []
        self.headers = headers
        self.params: dict[str, Any] = {
            name: value if isinstance(value, _JSON) else str(value) for name, value in params.items()
        }
        super().__init__(self.message)

    @classmethod
    def of(cls, errors: list[FieldError], *, code: str | None = None) -> Self:
        """A problem that says the first finding and lists all."""
        first = errors[0]
        return cls(first["message"], code=code, field=first["field"], errors=errors, **first.get("params", {}))

    def stored(self) -> dict[str, Any]:
        """As JSON to be kept, from which `restored` makes it again for any reader."""
        return {
            "message": self.message, "code": self.code, "field": self.field, "errors": self.errors, "status": self.status,
            "title": self.title, "params": self.params,
        }  # fmt: skip

    @classmethod
    def restored(cls, stored: dict[str, Any]) -> Self:
        return cls(**{name: value for name, value in stored.items() if name != "params"}, **stored["params"])

    def __str__(self) -> str:
        return self.detail

    @property
    def detail(self) -> str:
        """What is wrong, to the present reader."""
        return say(self.message, self.params)

    def _complete_title(self) -> str:
        """The title, or that of the kind of problem where a parameter that the title names is missing."""
        titles = [self.title, *(kind.title for kind in type(self).__mro__ if issubclass(kind, Problem))]
        return next(title for title in titles if complete(title, self.params))

    def as_dict(self) -> dict[str, Any]:
        """The answer's body, in the present reader's language."""
        body: dict[str, Any] = {
            "type": f"urn:kontor:problem:{self.code}",
            "title": say(self._complete_title(), self.params),
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            **self.params,
        }
        if self.field:
            body["field"] = self.field
        if self.errors:
            body["errors"] = [spoken(error) for error in self.errors]
        return body


def spoken(error: FieldError) -> FieldError:
    """A finding with its message in the present reader's language."""
    return {**error, "message": say(error["message"], error.get("params", {}))}


class Invalid(Problem):
    status, code, title = 422, "invalid", N_("The input is not valid.")


class Unauthorized(Problem):
    status, code, title = 401, "unauthorized", N_("Please log in, or send a token.")


class Forbidden(Problem):
    status, code, title = 403, "not_allowed", N_("This is not allowed.")


class NotFound(Problem):
    status, code, title = 404, "not_found", N_("There is no such thing.")


class MethodNotAllowed(Problem):
    status, code, title = 405, "method_not_allowed", N_("This address does not support this method.")


class Conflict(Problem):
    status, code, title = 409, "conflict", N_("This contradicts what is there.")


class Gone(Problem):
    status, code, title = 410, "gone", N_("This is no longer available.")


class TooLarge(Problem):
    status, code, title = 413, "too_large", N_("This is too large.")


class TooMany(Problem):
    status, code, title = 429, "too_many_requests", N_("Too many requests. Please wait a few minutes.")


class Unavailable(Problem):
    status, code, title = (
        503,
        "owner_unavailable",
        N_("A part of the platform does not answer. Nothing was changed; please try again in a few minutes."),
    )


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
        return problem_response(problem_of(error))


def problem_of(error: HTTPException) -> Problem:
    """What the framework itself refuses."""
    if isinstance(error.__cause__, Problem):
        # Raised while the body was read, which the framework takes for a broken one.
        return error.__cause__
    kind = {404: NotFound, 405: MethodNotAllowed}.get(error.status_code)
    headers = dict(error.headers) if error.headers else None
    if kind is not None:
        return kind(headers=headers)
    return Problem(
        Rendered(error.detail),
        status=error.status_code,
        code="http_error",
        title=Rendered(error.detail),
        headers=headers,
    )


def invalid_from(errors: Any) -> Invalid:
    """Pydantic's findings as one Invalid that names each field once, without echoing what was sent."""
    # Where something may also be empty, that it is not empty is no finding.
    counted = [error for error in errors if "literal['']" not in error["loc"]] or errors
    named: dict[str, FieldError] = {}
    for error in counted:
        message, params = expectation(error)
        field = field_path(error["loc"])
        named.setdefault(field, {"field": field, "code": error["type"], "message": message, "params": params})
    found = list(named.values())
    return Invalid(
        N_("Something is not right: %(fields)s"), field=found[0]["field"], errors=found, fields=", ".join(named)
    )

"""Errors as pages for people: a sentence in their language and a number that finds the trace. Programs keep problem+json."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from kontor_service.errors import Problem, invalid_from, problem_of, problem_response, reference
from kontor_service.i18n import N_, negotiate
from kontor_web.page_context import PageContext
from kontor_web.pages import Pages

Handler = Callable[[Request, Exception], Awaitable[Response]]

_WORDS = {
    400: (
        N_("We did not understand that"),
        N_("The address or the form was not complete. Please go back and try again."),
    ),
    401: (N_("Please log in"), N_("You need to log in to see this page.")),
    403: (
        N_("You are not allowed to do this"),
        N_("Your access does not include this. If you need it, please ask the person who set up your access."),
    ),
    404: (
        N_("Page not found"),
        N_("The page does not exist, or it is not meant for you. Please check the address."),
    ),
    405: (N_("This is not possible this way"), N_("Please go back and use the button on the page.")),
    409: (N_("Something has changed in between"), N_("Please look at the page again before you decide.")),
    410: (N_("This link is no longer valid"), N_("You can ask for a new one.")),
    413: (N_("This file is too large"), N_("Please send a smaller one.")),
    422: (N_("Something is not right yet"), N_("Please go back and check what you entered.")),
    429: (N_("Too many requests"), N_("Please wait a few minutes and try again.")),
    500: (
        N_("Something went wrong on our side"),
        N_("It is not your fault, and nothing was lost. Please try again in a moment."),
    ),
    503: (
        N_("This does not work right now"),
        N_("A part of the platform does not answer. Nothing was changed; please try again in a few minutes."),
    ),
}


def install_error_pages(
    app: FastAPI,
    pages: Pages,
    *,
    api_prefixes: tuple[str, ...],
    page_context: Callable[[Request], PageContext] | None = None,
    template: str = "kontor/error.html",
) -> None:
    """Puts pages before the app's problem+json, for browsers outside of `api_prefixes`.

    `page_context` tells whose page it is as far as that is known; it must not fail.
    """

    def page(request: Request, problem: Problem) -> Response:
        known = (
            page_context(request)
            if page_context
            else PageContext(language=negotiate(request.headers.get("accept-language")))
        )
        return error_page(pages, request, known, problem, template)

    def for_people(request: Request) -> bool:
        return not request.url.path.startswith(api_prefixes) and "text/html" in request.headers.get("accept", "")

    async def on_problem(request: Request, error: Exception) -> Response:
        problem = error if isinstance(error, Problem) else _problem_of(error)
        return page(request, problem) if for_people(request) else problem_response(problem)

    before: Any = app.exception_handlers.get(HTTPException)

    async def on_http(request: Request, error: Exception) -> Response:
        if for_people(request) or before is None:
            return await on_problem(request, error)
        answer: Response = await before(request, error)
        return answer

    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(RequestValidationError, on_problem)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(Exception, on_problem)


def error_page(
    pages: Pages, request: Request, page_context: PageContext, problem: Problem, template: str = "kontor/error.html"
) -> Response:
    """The page for one problem: what it means for the reader, what to do, and the number that finds it."""
    status = problem.status if problem.status in _WORDS else (500 if problem.status >= 500 else 400)
    title, text = _WORDS[status]
    return pages.render(
        request,
        template,
        page_context,
        status=problem.status,
        headers=problem.headers,
        title_text=title,
        text=text,
        detail=problem.detail if getattr(problem, "for_people", False) else "",
        number=(reference() or request.scope.get("state", {}).get("trace_id", ""))[:12],
    )


def _problem_of(error: Exception) -> Problem:
    if isinstance(error, RequestValidationError):
        # A page's address with an impossible id is an address with nothing behind it.
        in_path = any(found["loc"][:1] == ("path",) for found in error.errors())
        return Problem(status=404, code="not_found") if in_path else invalid_from(error.errors())
    if isinstance(error, HTTPException):
        return problem_of(error)
    return Problem()

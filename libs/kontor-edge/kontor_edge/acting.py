"""What forms for staff have in common: do it, say so, go back; or say what is wrong where it was typed."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from fastapi import Request
from starlette.responses import Response

from kontor_edge.edge import pages
from kontor_edge.owners import command
from kontor_service.errors import Problem
from kontor_web import Form


def new_key() -> str:
    """An idempotency key for a form: sent twice, it is done once."""
    return str(uuid4())


async def act(
    request: Request, owner: str, right: str, method: str, path: str, *, back: str, good: str, key: str | None = None,
    **options: Any,
) -> Response:  # fmt: skip
    """One command of one button. What the owner refuses is said on the page it came from; that it does not answer
    is a page of its own (503), because then nothing at all was done."""
    try:
        await command(request, owner, right, method, path, key=key, **options)
    except Problem as problem:
        if problem.status in (401, 404) or problem.status >= 500:
            raise
        return pages(request).redirect(back, bad=problem.detail)
    return pages(request).redirect(back, good=good)


async def submit(
    request: Request, form: Form, owner: str, right: str, path: str, *, method: str = "POST",
    names: dict[str, str] | None = None, refuse: Callable[[Problem], int] | None = None, **options: Any,
) -> tuple[dict[str, Any] | None, int]:  # fmt: skip
    """The command of a form: its answer; or None, and the status of the page that shows it again with what is wrong.

    `names`: which field of the form is meant by a field of the owner. `refuse` puts a refusal into the form otherwise.
    """
    if not form.ok:
        return None, 422
    try:
        return await command(request, owner, right, method, path, **options), 200
    except Problem as problem:
        return None, refuse(problem) if refuse else refused(form, problem, names)


def refused(form: Form, problem: Problem, names: dict[str, str] | None = None) -> int:
    """Puts the refusal into the form, which is shown again with all that was typed; answers the page's status."""
    if problem.status == 401:
        raise problem
    form.take(problem, names)
    return problem.status if problem.status in (403, 404, 409, 413, 429, 503) else 422

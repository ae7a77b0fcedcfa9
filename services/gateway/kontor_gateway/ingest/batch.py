"""One thing, or a list of them: each is done by itself, and the answer says of each what became of it."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from kontor_service.errors import Problem, Unavailable

T = TypeVar("T")
MOST = 500


async def each(things: list[T], do: Callable[[T], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
    """`{"results": […], "failed": n}` in the order of the input; a failed one has `error` (a problem).

    Raises Unavailable where the owner is down: what was done stays done, and sending all again does it once.
    """
    results: list[dict[str, Any]] = []
    for index, thing in enumerate(things):
        try:
            results.append({"index": index} | await do(thing))
        except Unavailable:
            raise
        except Problem as problem:
            results.append({"index": index, "error": problem.as_dict()})
    return {"results": results, "failed": sum("error" in result for result in results)}

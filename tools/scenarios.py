"""Scenarios of `make provider-check`: each is a method of a class, and a line of the output."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from kontor_payments.providers.protocol import Refused


async def run_all(provider: str, check: object) -> list[str]:
    """Prints a line for each public coroutine method of `check`; the answer names those that failed."""
    names = [name for name in vars(type(check)) if not name.startswith("_")]
    scenarios = [(name, getattr(check, name)) for name in names if asyncio.iscoroutinefunction(getattr(check, name))]
    return [name for name, scenario in scenarios if not await _holds(provider, name, scenario)]


async def _holds(provider: str, name: str, scenario: Callable[[], Awaitable[None]]) -> bool:
    try:
        await scenario()
    except Exception as error:
        print(f"FAILED  {provider}: {name.replace('_', ' ')}\n        {type(error).__name__}: {error}")
        return False
    print(f"ok      {provider}: {name.replace('_', ' ')}")
    return True


def expect(found: object, wanted: object) -> None:
    if found != wanted:
        raise AssertionError(f"{found!r} instead of {wanted!r}")


async def refused(code: str, call: Awaitable[Any]) -> None:
    try:
        await call
    except Refused as error:
        expect(str(error), code)
        return
    raise AssertionError(f"it was not refused with {code}")

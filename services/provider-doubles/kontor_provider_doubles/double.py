"""What makes a provider's double."""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter, FastAPI

from kontor_provider_doubles.delivery import Sign


@dataclass(frozen=True)
class Double:
    routers: tuple[APIRouter, ...]
    sign: Sign
    # Adds error handlers and the like.
    prepare: Callable[[FastAPI], None]
    # Called several times a second: money that arrives, pages that expire.
    apply_due_changes: Callable[[FastAPI], None]

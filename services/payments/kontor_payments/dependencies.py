"""What the use cases of this service work with; made once in app.py."""

import asyncio
from dataclasses import dataclass

from fastapi import Request

from kontor_payments.connections.service import Providers
from kontor_service.clock import Clock
from kontor_service.database import Database


@dataclass(frozen=True)
class Dependencies:
    db: Database
    clock: Clock
    providers: Providers
    # Set after a commit that left work for the jobs.
    wake: asyncio.Event
    # The same for the job that proposes what payments on bank statements are for, and books those that staff have confirmed.
    statements: asyncio.Event


def dependencies_of(request: Request) -> Dependencies:
    found: Dependencies = request.app.state.dependencies
    return found

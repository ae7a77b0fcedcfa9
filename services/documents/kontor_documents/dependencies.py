"""What the use cases of this service work with; made once in app.py."""

import asyncio
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from kontor_documents.einvoice.validate import Validator
from kontor_documents.production.branding import Brandings
from kontor_service.clock import Clock
from kontor_service.database import Database
from kontor_service.files import Files


@dataclass(frozen=True)
class Dependencies:
    db: Database
    files: Files
    clock: Clock
    validator: Validator
    brandings: Brandings
    # Set after a commit that left work for the job in release/waiting.py.
    wake: asyncio.Event


async def dependencies_of(request: Request) -> Dependencies:
    found: Dependencies = request.app.state.dependencies
    return found


Deps = Annotated[Dependencies, Depends(dependencies_of)]

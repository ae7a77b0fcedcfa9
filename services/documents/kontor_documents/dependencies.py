"""What the use cases of this service work with; made once in app.py."""

import asyncio
from dataclasses import dataclass

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

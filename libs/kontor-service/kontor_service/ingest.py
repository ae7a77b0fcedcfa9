"""What other systems hand in over RabbitMQ's vhost `ingest`. It ends in the use cases that HTTP ends in."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import orjson
from fastapi import FastAPI
from pydantic import ValidationError

from kontor_bus.ingest import IngestConsumer, IngestMessage, Refused
from kontor_bus.ingest.consumer import Handler
from kontor_service.app import Resource
from kontor_service.database import Database
from kontor_service.errors import Problem, invalid_from, spoken
from kontor_service.i18n import speaking

UseCase = Callable[[FastAPI, UUID, IngestMessage], Awaitable[None]]


class MerchantUnknown(Exception):
    """The broker vouches for the merchant, but its registration has not arrived here yet: tried again later."""


def ingest(kind: str, use_case: UseCase, *, at_once: int = 1, owns_merchants: bool = False) -> Resource:
    """Consumes one `kind` of the contract's `ingest`, where there is a RabbitMQ; see `handler_of`.

    `app.state.ingest[kind]` is then its consumer, by which a sender is told what is refused later.
    """

    @asynccontextmanager
    async def resource(app: FastAPI) -> AsyncIterator[None]:
        url = app.state.settings.ingest_bus_url
        if url is None:
            yield
            return
        handler = handler_of(app, use_case, owns_merchants=owns_merchants)
        async with IngestConsumer(url.get_secret_value(), kind, handler, at_once=at_once) as consumer:
            app.state.ingest[kind] = consumer
            yield

    return resource


def handler_of(app: FastAPI, use_case: UseCase, *, owns_merchants: bool = False) -> Handler:
    """Calls the use case for the message's merchant.

    What the sender can correct comes back to it with the reason: a Problem below 500, input that does not validate, a
    merchant that the owner of merchants does not know. Anything else is tried again.
    """
    lookup = "merchant_by_slug" if owns_merchants else "merchants_by_slug"

    async def handle(message: IngestMessage) -> None:
        db: Database = app.state.db
        async with db.connection() as connection:
            merchant_id = await connection.fetchval(f"SELECT {lookup}($1)", message.merchant)
        if merchant_id is None:
            raise Refused(f"there is no merchant {message.merchant}") if owns_merchants else MerchantUnknown
        # Systems are answered in English.
        with speaking("en"):
            try:
                await use_case(app, merchant_id, message)
            except ValidationError as error:
                raise Refused(_reason(invalid_from(error.errors()))) from error
            except Problem as problem:
                if problem.status >= 500:
                    raise
                raise Refused(_reason(problem)) from problem

    return handle


def json_of(message: IngestMessage) -> Any:
    """Raises Refused."""
    try:
        return orjson.loads(message.body)
    except orjson.JSONDecodeError as error:
        raise Refused(f"json_broken: {error}") from error


def _reason(problem: Problem) -> str:
    """The error as one line of text: its code, and the message of every wrong field."""
    fields = "; ".join(f"{error['field']}: {spoken(error)['message']}" for error in problem.errors)
    named = f"{problem.field}: {problem.detail}" if problem.field else problem.detail
    return f"{problem.code}: {fields or named}"

"""The door on the bus: vhost `ingest`, queue readings. The same bodies as POST /v1/incoming-readings, up to 1 MiB each.

A body of which a part was refused comes back to the sender with what was wrong; the rest of it is stored.
"""

from fastapi import FastAPI

from kontor_bus.ingest import IngestMessage, Refused
from kontor_meters.batches import incoming
from kontor_meters.batches.dependencies import Sender
from kontor_service.errors import Problem

# Named in the reason; all are told by GET /v1/incoming-readings/{id}.
_TOLD = 20


class MerchantUnknown(Exception):
    """The broker vouches for the merchant, but identity's word of it has not arrived here yet: tried again later."""


async def take(app: FastAPI, message: IngestMessage) -> None:
    """Raises Refused with a reason for the sender; anything else is tried again."""
    state = app.state
    async with state.db.connection() as connection:
        merchant_id = await connection.fetchval("SELECT * FROM merchants_by_slug($1)", message.merchant)
    if merchant_id is None:
        raise MerchantUnknown(message.merchant)
    sender = Sender("bus", f"system:{message.user}")
    try:
        answer = await incoming.take(state.batches, merchant_id, message.body, message.content_type, sender)
    except Problem as problem:
        if problem.status >= 500:
            raise
        raise Refused(f"{problem.code}: {problem.detail}") from problem
    if answer["refused"]:
        raise Refused(_reason(answer))


def _reason(answer: dict[str, object]) -> str:
    problems = [p for p in answer["problems"] if p["outcome"] == "refused"]  # type: ignore[attr-defined]
    told = "; ".join(f"{p['field']}: {p['code']} ({p['detail']})" for p in problems[:_TOLD])
    more = "; …" if len(problems) > _TOLD else ""
    return f"batch {answer['id']}: {answer['refused']} of {answer['total']} refused, the rest is stored. {told}{more}"

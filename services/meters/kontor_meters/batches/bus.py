"""The door on the bus: vhost `ingest`, queue readings. The same bodies as POST /v1/incoming-readings, up to 1 MiB each.

A body of which a part was refused comes back to the sender with what was wrong; the rest of it is stored.
"""

from uuid import UUID

from fastapi import FastAPI

from kontor_bus.ingest import IngestMessage, Refused
from kontor_meters.batches import incoming
from kontor_meters.batches.dependencies import Sender

# Named in the reason; all are told by GET /v1/incoming-readings/{id}.
_TOLD = 20


async def accept(app: FastAPI, merchant_id: UUID, message: IngestMessage) -> None:
    sender = Sender("bus", message.sender)
    answer = await incoming.accept(app.state.batches, merchant_id, message.body, message.content_type, sender)
    if answer["refused"]:
        raise Refused(_reason(answer))


def _reason(answer: dict[str, object]) -> str:
    problems = [p for p in answer["problems"] if p["outcome"] == "refused"]  # type: ignore[attr-defined]
    told = "; ".join(f"{p['field']}: {p['code']} ({p['detail']})" for p in problems[:_TOLD])
    more = "; …" if len(problems) > _TOLD else ""
    return f"batch {answer['id']}: {answer['refused']} of {answer['total']} refused, the rest is stored. {told}{more}"

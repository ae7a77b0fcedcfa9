"""The door on the bus: vhost `ingest`, queue documents. It ends in the same use cases as HTTP.

A message is a file with its content type (application/pdf, application/xml), a document's data as application/json, or
application/vnd.kontor.submission+json: {"file": base64, "data": {…}}, or {"action": "cancel" | "withdraw",
"external_id": …, "reason": …}.
"""

import base64
import binascii
from uuid import UUID

import orjson

from kontor_bus.ingest import IngestMessage, Refused
from kontor_documents import queries
from kontor_documents.copies import queries as copies
from kontor_documents.dependencies import Dependencies
from kontor_documents.errors import DocumentNotFound
from kontor_documents.intake.service import Upload, accept
from kontor_documents.release import service as release
from kontor_service.errors import Problem

_SUBMISSION = "application/vnd.kontor.submission+json"
_JSON = "application/json"


class MerchantUnknown(Exception):
    """The broker vouches for the merchant, but identity's word of it has not arrived here yet: tried again later."""


async def take(deps: Dependencies, message: IngestMessage) -> None:
    """Raises Refused with a reason for the sender; anything else is tried again."""
    merchant_id = await copies.merchant_id_by_slug(deps.db, message.merchant)
    if merchant_id is None:
        raise MerchantUnknown(message.merchant)
    try:
        if message.content_type == _SUBMISSION:
            await _submission(deps, merchant_id, message)
        else:
            await _hand_in(deps, merchant_id, message, *_file_or_data(message))
    except Problem as problem:
        if problem.status >= 500:
            raise
        field = f"{problem.field}: " if problem.field else ""
        raise Refused(f"{problem.code}: {field}{problem.detail}") from problem


def _file_or_data(message: IngestMessage) -> tuple[bytes | None, bytes | None]:
    return (None, message.body) if message.content_type == _JSON else (message.body, None)


async def _submission(deps: Dependencies, merchant_id: UUID, message: IngestMessage) -> None:
    try:
        wanted = orjson.loads(message.body)
        if "action" in wanted:
            await _close(deps, merchant_id, message.user, wanted)
            return
        file = base64.b64decode(wanted["file"], validate=True) if wanted.get("file") else None
        data = orjson.dumps(wanted["data"]) if wanted.get("data") else None
    except (orjson.JSONDecodeError, binascii.Error, AttributeError, TypeError, KeyError) as error:
        raise Refused(f"json_broken: {error}") from error
    await _hand_in(deps, merchant_id, message, file, data)


async def _hand_in(
    deps: Dependencies, merchant_id: UUID, message: IngestMessage, file: bytes | None, data: bytes | None
) -> None:
    upload = Upload("bus", f"system:{message.user}", file, data, message.content_type)
    await accept(deps, merchant_id, upload, message.message_id or None)


async def _close(deps: Dependencies, merchant_id: UUID, user: str, wanted: dict[str, str]) -> None:
    if wanted["action"] not in ("cancel", "withdraw"):
        raise Refused(f"action: {wanted['action']} is neither cancel nor withdraw")
    async with deps.db.transaction(merchant_id) as session:
        document = await queries.by_external_id(session, wanted["external_id"])
        if document is None:
            raise DocumentNotFound(field="external_id")
        await release.close(
            deps, session, document.id, actor=f"system:{user}", cancelled=wanted["action"] == "cancel",
            reason=str(wanted.get("reason", ""))[:1_000],
        )  # fmt: skip

"""The door on the bus: vhost `ingest`, queue documents. It ends in the same use cases as HTTP.

A message is a file with its content type (application/pdf, application/xml), a document's data as application/json, or
application/vnd.kontor.submission+json: {"file": base64, "data": {…}}, or {"action": "cancel" | "withdraw",
"external_id": …, "reason": …}, or {"action": "comment", "external_id": …, "text": …, "author": …}, or, for a
quote, {"action": "extend", "external_id": …, "valid_until": …}.
"""

import base64
import binascii
from typing import Any
from uuid import UUID

import orjson
from fastapi import FastAPI

from kontor_bus.ingest import IngestMessage, Refused
from kontor_documents.comments.systems import SystemComment, write_of_system
from kontor_documents.dependencies import Dependencies
from kontor_documents.intake.service import Upload, accept
from kontor_documents.quotes.decisions import extend_by_external_id
from kontor_documents.quotes.inputs import ExtendInput
from kontor_documents.release import service as release
from kontor_service.errors import Problem
from kontor_service.ingest import json_of

_SUBMISSION = "application/vnd.kontor.submission+json"
_JSON = "application/json"


async def ingest_message(app: FastAPI, merchant_id: UUID, message: IngestMessage) -> None:
    deps: Dependencies = app.state.dependencies
    file: bytes | None = None
    data: bytes | None = None
    if message.content_type == _SUBMISSION:
        wanted = json_of(message)
        if isinstance(wanted, dict) and "action" in wanted:
            await _act(deps, merchant_id, message, wanted)
            return
        file, data = _decoded(wanted)
    elif message.content_type == _JSON:
        data = message.body
    else:
        file = message.body
    upload = Upload("bus", message.sender, file, data, message.content_type)
    answer = await accept(deps, merchant_id, upload, message.message_id or None)
    if "error" in answer:
        raise Problem.restored(answer["error"])


def _decoded(wanted: Any) -> tuple[bytes | None, bytes | None]:
    try:
        file = base64.b64decode(wanted["file"], validate=True) if wanted.get("file") else None
        return file, orjson.dumps(wanted["data"]) if wanted.get("data") else None
    except (binascii.Error, AttributeError, TypeError) as error:
        raise Refused(f"json_broken: {error}") from error


async def _act(deps: Dependencies, merchant_id: UUID, message: IngestMessage, wanted: dict[str, Any]) -> None:
    if wanted["action"] == "extend":
        await _extend(deps, merchant_id, message.sender, wanted)
        return
    if wanted["action"] != "comment":
        await _close(deps, merchant_id, message.sender, wanted)
        return
    comment = SystemComment.model_validate({name: wanted[name] for name in ("text", "author") if name in wanted})
    await write_of_system(
        deps, merchant_id, str(wanted.get("external_id", "")), comment, message.message_id or None,
        author=f"bus:{message.sender}", name=message.sender, source="bus",
    )  # fmt: skip


async def _extend(deps: Dependencies, merchant_id: UUID, actor: str, wanted: dict[str, Any]) -> None:
    day = ExtendInput.model_validate({"valid_until": wanted.get("valid_until")}).valid_until
    async with deps.db.transaction(merchant_id) as session:
        await extend_by_external_id(deps, session, str(wanted.get("external_id", "")), day, by=actor)


async def _close(deps: Dependencies, merchant_id: UUID, actor: str, wanted: dict[str, str]) -> None:
    if wanted["action"] not in ("cancel", "withdraw"):
        raise Refused(f"action: {wanted['action']} is none of cancel, withdraw, comment, extend")
    async with deps.db.transaction(merchant_id) as session:
        await release.close_by_external_id(
            deps, session, str(wanted.get("external_id", "")), actor=actor, cancelled=wanted["action"] == "cancel",
            reason=str(wanted.get("reason", ""))[:1_000],
        )  # fmt: skip

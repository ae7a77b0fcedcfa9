"""What goes along with a document that staff preview before it is sent: as its customer would get it now."""

from typing import Any
from uuid import UUID

import asyncpg
import orjson
from fastapi import Request

from kontor_edge.owners import GLANCE_SECONDS, fetch_as_edge
from kontor_service.errors import Problem


async def draft_standing(request: Request, record: asyncpg.Record) -> list[dict[str, Any]] | None:
    """The current versions, as the contract's StandingDocumentVersion; None where those on record count, because the document
    is sent or this is no preview, and where documents does not answer."""
    if record["document"] is None or orjson.loads(record["session"])["kind"] != "preview":
        return None
    if orjson.loads(record["document"])["state"] != "waiting":
        return None
    merchant, id = orjson.loads(record["merchant"])["id"], orjson.loads(record["entry"])["id"]
    path = f"/v1/documents/{id}/standing-documents"
    try:
        answer = await fetch_as_edge(request, "documents", path, UUID(merchant), timeout=GLANCE_SECONDS)
    except Problem:
        return None
    found: list[dict[str, Any]] = answer.json()["standing_documents"]
    return found

"""What customers' edges ask documents for about comments, for pages and JSON alike."""

from typing import Any
from uuid import UUID

from fastapi import Request
from starlette.datastructures import UploadFile

from kontor_edge.owners import command

_RIGHT = "documents:comment"
# A picture is read and drawn anew before documents answers.
_UPLOAD_SECONDS = 60.0


async def upload(request: Request, document_id: UUID, file: UploadFile) -> str:
    """Stores a file and returns its id, which the comment then names. Raises Invalid for one of a kind that is not accepted."""
    files = {"file": (file.filename, file.file, file.content_type or "application/octet-stream")}
    path = f"/v1/documents/{document_id}/comment-files"
    answer = await command(request, "documents", _RIGHT, "POST", path, files=files, timeout=_UPLOAD_SECONDS)
    return str(answer["id"])


async def write(request: Request, document_id: UUID, wanted: dict[str, Any], *, key: str | None) -> dict[str, Any]:
    """Raises the owner's Problem, at `text`, `name` or `files[i]`."""
    return await command(
        request, "documents", _RIGHT, "POST", f"/v1/documents/{document_id}/comments", json=wanted, key=key or None
    )


async def change(request: Request, document_id: UUID, comment_id: UUID, text: str) -> dict[str, Any]:
    """Raises Conflict where it was read or is older than some minutes."""
    path = f"/v1/documents/{document_id}/comments/{comment_id}"
    return await command(request, "documents", _RIGHT, "PUT", path, json={"text": text})


async def delete(request: Request, document_id: UUID, comment_id: UUID) -> None:
    """Raises Conflict where it was read or is older than some minutes."""
    await command(request, "documents", _RIGHT, "DELETE", f"/v1/documents/{document_id}/comments/{comment_id}")

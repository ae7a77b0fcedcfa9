"""POST /v1/quote-files: a file for a quote that is written afterwards."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, UploadFile

from kontor_documents.comments import files
from kontor_documents.dependencies import Deps
from kontor_documents.quote_files.models import QuoteFile
from kontor_service.bodies import MEBIBYTE, takes
from kontor_service.media_types import safe_media_type
from kontor_service.tokens import Principal, require

router = APIRouter(tags=["quote files"])


@router.post("/v1/quote-files", status_code=201)
@takes(lambda settings: settings.max_upload_bytes + MEBIBYTE)
async def upload(
    request: Request,
    deps: Deps,
    file: UploadFile,
    principal: Annotated[Principal, Depends(require("documents:submit"))],
) -> dict[str, Any]:
    """Stores a file for a day. A quote then names it by its `sha256` among its `attachments`, under the name in this answer.

    Raises the errors of comments/files.py.
    """
    limit: int = request.app.state.settings.max_upload_bytes
    content, media_type, name = await files.checked(await file.read(limit + 1), file.filename or "", limit=limit)
    row = QuoteFile(
        merchant_id=principal.merchant, name=name, media_type=safe_media_type(media_type),
        sha256=sha256(content).hexdigest(), size=len(content), uploaded_by=principal.subject,
        uploaded_at=datetime.now(UTC),
    )  # fmt: skip
    await deps.files.within(row.folder).put(content)
    told = row.model_dump(mode="json", include={"name", "media_type", "sha256", "size"})
    async with deps.db.transaction(principal.merchant) as session:
        session.add(row)
    return told

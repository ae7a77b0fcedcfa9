"""Templates over HTTP: list, change, put back, try out."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict

from kontor_notifications.kinds import texts
from kontor_notifications.templates import blocks, service
from kontor_notifications.templates.preview import Trial, preview
from kontor_service.i18n import Language
from kontor_service.tokens import Principal, require
from kontor_service.validation import Line, Text

router = APIRouter()
Editor = Annotated[Principal, Depends(require("templates:edit"))]
# Whoever shares a document chooses among the texts.
Sender = Annotated[Principal, Depends(require("templates:edit", "mails:resend"))]


class Words(BaseModel):
    model_config = ConfigDict(extra="forbid")

    subject: Line
    text: Text


@router.get("/v1/templates")
async def templates(request: Request, principal: Sender) -> dict[str, Any]:
    """Every kind in every language as it is in force, and the placeholders each kind knows."""
    async with request.app.state.db.transaction(principal.merchant) as session:
        found = await service.in_force(session)
    known = {
        kind: [
            {"name": one.name, "german": one.german, "spellings": one.spellings, "meaning": one.meaning}
            for one in about.placeholders
        ]
        for kind, (_, about) in texts().items()
    }
    return {"templates": found, "placeholders": known}


@router.put("/v1/templates/{kind}/{language}", status_code=204)
async def change(request: Request, principal: Editor, kind: str, language: Language, words: Words) -> None:
    """422 template_invalid names the field and every placeholder that does not exist."""
    async with request.app.state.db.transaction(principal.merchant) as session:
        await service.change(session, principal.merchant, kind, language, words.subject, words.text)


@router.delete("/v1/templates/{kind}/{language}", status_code=204)
async def reset(request: Request, principal: Editor, kind: str, language: Language) -> None:
    """Back to the default, also where the merchant has no words of their own."""
    async with request.app.state.db.transaction(principal.merchant) as session:
        await service.reset(session, kind, language)


@router.put("/v1/templates/{kind}/{language}/blocks/{block_id}", status_code=204)
async def store_text_block(
    request: Request, principal: Editor, kind: str, language: Language, block_id: UUID, block: blocks.TextBlockInput
) -> None:
    """Adds a text block under the caller's id, or changes it. 422 template_invalid as for templates."""
    async with request.app.state.db.transaction(principal.merchant) as session:
        await blocks.store(session, principal.merchant, kind, language, block_id, block)


@router.delete("/v1/templates/{kind}/{language}/blocks/{block_id}", status_code=204)
async def remove_text_block(request: Request, principal: Editor, kind: str, language: Language, block_id: UUID) -> None:
    async with request.app.state.db.transaction(principal.merchant) as session:
        await blocks.remove(session, kind, language, block_id)


@router.post("/v1/templates/preview")
async def try_out(request: Request, principal: Editor, trial: Trial) -> dict[str, str]:
    """{subject, text, html} with real data and an invented link; 422 as when saving."""
    state = request.app.state
    return await preview(state.db, state.owners, state.settings.portal_url, principal.merchant, trial)

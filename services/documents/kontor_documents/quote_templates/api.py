"""Storing, naming and deleting quote templates. They are the merchant's own notes: nobody else hears of them."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kontor_documents.dependencies import Deps
from kontor_documents.models import QuoteTemplate
from kontor_documents.quote_templates.inputs import RenameInput, TemplateInput
from kontor_service.errors import Conflict, NotFound
from kontor_service.i18n import N_
from kontor_service.tokens import Principal, require

router = APIRouter(prefix="/v1/quote-templates", tags=["quote templates"])

Writer = Annotated[Principal, Depends(require("documents:submit"))]
Reader = Annotated[Principal, Depends(require("documents:submit", "service"))]
TemplateMissing = NotFound.named("quote_template_not_found", N_("There is no such quote template."))
NameTaken = Conflict.named("quote_template_name_taken", N_("Another quote template has this name."))
TooManyTemplates = Conflict.named("too_many_quote_templates", N_("There are 200 quote templates already."))
_MOST = 200
_UNIQUE_VIOLATION = "23505"


@router.get("")
async def listed(deps: Deps, principal: Reader) -> dict[str, Any]:
    """All of them by name, without their data."""
    async with deps.db.transaction(principal.merchant) as session:
        found = list(await session.scalars(select(QuoteTemplate).order_by(func.lower(col(QuoteTemplate.name)))))
    return {"templates": [_summary(template) for template in found]}


@router.get("/{template_id}")
async def shown(deps: Deps, template_id: UUID, principal: Reader) -> dict[str, Any]:
    """Raises TemplateMissing."""
    async with deps.db.transaction(principal.merchant) as session:
        template = await _found(session, template_id)
    return _summary(template) | {"data": template.data}


@router.post("", status_code=201)
async def store(deps: Deps, body: TemplateInput, principal: Writer) -> dict[str, Any]:
    """Stores a new template. Raises NameTaken, and TooManyTemplates at the merchant's limit."""
    template = QuoteTemplate(
        merchant_id=principal.merchant, name=body.name, valid_days=body.valid_days, created_at=deps.clock.now(),
        data=body.data.model_dump(mode="json", exclude_none=True),
    )  # fmt: skip
    async with deps.db.transaction(principal.merchant) as session:
        if (await session.scalar(select(func.count()).select_from(QuoteTemplate)) or 0) >= _MOST:
            raise TooManyTemplates
        session.add(template)
        await _flush(session)
    return _summary(template)


@router.patch("/{template_id}")
async def rename(deps: Deps, template_id: UUID, body: RenameInput, principal: Writer) -> dict[str, Any]:
    """Raises TemplateMissing, NameTaken."""
    async with deps.db.transaction(principal.merchant) as session:
        template = await _found(session, template_id)
        template.name = body.name
        await _flush(session)
    return _summary(template)


@router.delete("/{template_id}")
async def delete(deps: Deps, template_id: UUID, principal: Writer) -> dict[str, Any]:
    """Raises TemplateMissing. Quotes that were written from it stay as they are."""
    async with deps.db.transaction(principal.merchant) as session:
        await session.delete(await _found(session, template_id))
    return {"id": str(template_id)}


async def _found(session: AsyncSession, template_id: UUID) -> QuoteTemplate:
    template = await session.get(QuoteTemplate, template_id)
    if template is None:
        raise TemplateMissing
    return template


async def _flush(session: AsyncSession) -> None:
    try:
        await session.flush()
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", "") != _UNIQUE_VIOLATION:
            raise
        raise NameTaken(field="name") from None


def _summary(template: QuoteTemplate) -> dict[str, Any]:
    return {
        "id": str(template.id), "name": template.name, "valid_days": template.valid_days,
        "title": template.data.get("title", ""), "lines": len(template.data.get("lines", ())),
    }  # fmt: skip

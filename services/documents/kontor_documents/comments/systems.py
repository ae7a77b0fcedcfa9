"""Comments of other systems, over HTTP and over the bus: they know the document by their own id."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_documents import queries
from kontor_documents.comments import service
from kontor_documents.comments.service import MOST_CHARACTERS, Writing
from kontor_documents.dependencies import Dependencies
from kontor_documents.errors import DocumentNotFound
from kontor_service.commands import command_result, once
from kontor_service.validation import Line, Text


class SystemComment(BaseModel):
    """What another system writes, with the name that the customer reads; empty: the API key's."""

    text: Text = Field(min_length=1, max_length=MOST_CHARACTERS)
    author: Line = Field(default="", max_length=120)


async def write_of_system(
    deps: Dependencies, merchant_id: UUID, external_id: str, wanted: SystemComment, key: str | None, *,
    author: str, name: str, source: str,
) -> dict[str, Any]:  # fmt: skip
    """Adds the comment, which the customer reads as the merchant's. Raises DocumentNotFound and the errors of service.write."""

    async def act(session: AsyncSession) -> dict[str, Any]:
        document = await queries.by_external_id(session, external_id, lock=True)
        if document is None:
            raise DocumentNotFound(field="external_id")
        writing = Writing(text=wanted.text)
        return command_result(
            await service.write(
                deps, session, document, writing, author=author, name=wanted.author or name, source=source
            )
        )

    return await once(deps.db, merchant_id, f"comment {external_id}", key, wanted.model_dump(), act)

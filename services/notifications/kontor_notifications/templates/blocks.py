"""Text blocks (A7): several named texts for one kind of mail and language, to choose from when a document is shared."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from kontor_notifications.kinds import text_of
from kontor_notifications.models import TextBlock
from kontor_notifications.templates import syntax
from kontor_service.errors import Conflict, NotFound
from kontor_service.i18n import N_, Language
from kontor_service.locks import lock_merchant
from kontor_service.validation import Line, Text

# Of one kind of mail in one language.
_MOST = 20

BlockUnknown = NotFound.named("text_block_unknown", N_("There is no such text block."))
NameTaken = Conflict.named("text_block_name_taken", N_("Another text block has this name."))
TooManyBlocks = Conflict.named("too_many_text_blocks", N_("At most %(most)s text blocks are possible here."))


class TextBlockInput(BaseModel):
    """`preferred`: it is used where staff choose none."""

    model_config = ConfigDict(extra="forbid")

    name: Line = Field(min_length=1, max_length=60, pattern=r"\S")
    subject: Line
    text: Text
    preferred: bool = False


async def preferred(session: AsyncSession, kind: str, language: Language) -> TextBlock | None:
    query = select(TextBlock).where(*_of(kind, language), col(TextBlock.preferred))
    found: TextBlock | None = (await session.scalars(query)).first()
    return found


async def by_text(session: AsyncSession) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """All blocks by kind and language, by their names."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for one in await session.scalars(select(TextBlock).order_by(col(TextBlock.name))):
        found[one.kind, one.language].append(one.model_dump(mode="json", exclude={"merchant_id", "kind", "language"}))
    return found


async def store(
    session: AsyncSession, merchant_id: UUID, kind: str, language: Language, block_id: UUID, wanted: TextBlockInput
) -> None:
    """Adds it under this id, or changes it. Raises KindUnknown, TemplateInvalid, NameTaken, TooManyBlocks, BlockUnknown."""
    syntax.check(text_of(kind), wanted.subject, wanted.text)
    await lock_merchant(session, merchant_id, what="text blocks")
    others = list(await session.scalars(select(TextBlock).where(*_of(kind, language), col(TextBlock.id) != block_id)))
    if any(one.name.casefold() == wanted.name.strip().casefold() for one in others):
        raise NameTaken(field="name")
    if len(others) >= _MOST:
        raise TooManyBlocks(field="name", most=_MOST)
    if wanted.preferred:
        await session.execute(update(TextBlock).where(*_of(kind, language)).values(preferred=False))
    block = await session.get(TextBlock, block_id) or TextBlock(
        id=block_id, merchant_id=merchant_id, kind=kind, language=language, name="", subject="", text=""
    )
    if (block.kind, block.language) != (kind, language):
        raise BlockUnknown
    block.name, block.subject, block.text = wanted.name.strip(), wanted.subject.strip(), wanted.text.strip()
    block.preferred = wanted.preferred
    session.add(block)
    try:
        await session.flush()
    except IntegrityError:
        # An id that row-level security hides is another merchant's.
        raise BlockUnknown from None


async def remove(session: AsyncSession, kind: str, language: Language, block_id: UUID) -> None:
    """Raises KindUnknown, BlockUnknown."""
    text_of(kind)
    gone = await session.execute(
        delete(TextBlock).where(*_of(kind, language), col(TextBlock.id) == block_id).returning(col(TextBlock.id))
    )
    if gone.first() is None:
        raise BlockUnknown


def _of(kind: str, language: Language) -> tuple[Any, ...]:
    return col(TextBlock.kind) == kind, col(TextBlock.language) == language

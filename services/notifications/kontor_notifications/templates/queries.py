"""SQL over the merchant's templates."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from kontor_notifications.models import Template


async def own(session: AsyncSession, kind: str, language: str, *, lock: bool = False) -> Template | None:
    """The merchant's template, also one that was put back to the default (deleted). `lock`: for writing."""
    query = select(Template).where(Template.kind == kind, Template.language == language)
    return (await session.scalars(query.with_for_update() if lock else query)).first()


async def all_own(session: AsyncSession) -> Sequence[Template]:
    return (await session.scalars(select(Template).order_by(Template.id))).all()  # type: ignore[arg-type]

"""Reading a table on from where one stopped, in the order of its ids, which is that of time."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, Field
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession


class Paging(BaseModel):
    """`after` is the `next` of the page before."""

    after: UUID = UUID(int=0)
    limit: Annotated[int, Field(ge=1, le=500)] = 100


Page = Annotated[Paging, Query()]


async def page_of(session: AsyncSession, model: Any, paging: Paging, *where: Any) -> tuple[Sequence[Any], str | None]:
    """The rows, and what the following page begins after: None at the end."""
    query = select(model).where(*where, model.id > paging.after).order_by(model.id).limit(paging.limit)
    rows = (await session.exec(query)).all()
    return rows, str(rows[-1].id) if len(rows) == paging.limit else None

"""Deleting files a day after their upload: those that no comment names, and those for quotes, which keep what they name."""

from typing import TypeVar

from sqlalchemy import text
from sqlmodel import select

from kontor_documents.comments.models import UNUSED, CommentFile
from kontor_documents.dependencies import Dependencies
from kontor_documents.quote_files.models import OLD, QuoteFile

File = TypeVar("File", CommentFile, QuoteFile)
_AT_ONCE = 100


async def delete_unused(deps: Dependencies) -> None:
    """Of every merchant, at most a hundred of each kind. Who dies in between comes again and finds the row still there."""
    await _delete(deps, "merchants_with_unused_comment_files", CommentFile, UNUSED)
    await _delete(deps, "merchants_with_old_quote_files", QuoteFile, OLD)


async def _delete(deps: Dependencies, lister: str, table: type[File], unused: str) -> None:
    for merchant_id in await deps.db.merchants(lister):
        async with deps.db.transaction(merchant_id) as session:
            rows = select(table).where(text(unused)).limit(_AT_ONCE).with_for_update(skip_locked=True)
            for file in (await session.exec(rows)).all():
                await deps.files.within(file.folder).remove(file.sha256)
                await session.delete(file)

"""Deleting files that no comment names a day after their upload: never sent, or of a comment that was taken back."""

from sqlalchemy import text
from sqlmodel import select

from kontor_documents.comments.models import UNUSED, CommentFile
from kontor_documents.dependencies import Dependencies

_AT_ONCE = 100


async def delete_unused(deps: Dependencies) -> None:
    """Of every merchant, at most a hundred files. Who dies in between comes again and finds the row still there."""
    for merchant_id in await deps.db.merchants("merchants_with_unused_comment_files"):
        async with deps.db.transaction(merchant_id) as session:
            unused = select(CommentFile).where(text(UNUSED)).limit(_AT_ONCE).with_for_update(skip_locked=True)
            for file in (await session.exec(unused)).all():
                await deps.files.within(file.folder).remove(file.sha256)
                await session.delete(file)

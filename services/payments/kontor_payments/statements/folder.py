"""Bank statements that another program puts into a folder: read, then moved to `done` or, with the reason beside it, to `refused`.

Each merchant has a subfolder, named as in the merchant's address in the portal. A file is read once nothing has been written to it
for a few seconds; files whose names begin with a point, as programs use them while they write, are left alone.
"""

import asyncio
import time
from pathlib import Path

import structlog
from sqlmodel import select

from kontor_payments.dependencies import Dependencies
from kontor_payments.models import Merchant
from kontor_payments.statements.importing import import_file
from kontor_payments.statements.reading.files import MOST_BYTES
from kontor_service.bodies import MEBIBYTE
from kontor_service.errors import Problem, TooLarge
from kontor_service.i18n import N_, speak

log = structlog.get_logger()

_QUIET_SECONDS = 5.0
_DONE, _REFUSED = "done", "refused"
# As who imported it.
_BY = "folder"


async def import_folder(deps: Dependencies, folder: Path) -> None:
    for subfolder in await asyncio.to_thread(_subfolders, folder):
        merchant = await _merchant(deps, subfolder.name)
        if merchant is None:
            continue
        for file in await asyncio.to_thread(_finished, subfolder):
            try:
                await _import(deps, merchant, file)
            except Exception:
                # It stays where it is, and holds up no other.
                log.exception("statement_file_failed", merchant_id=str(merchant.id))


def _subfolders(folder: Path) -> list[Path]:
    return sorted(one for one in folder.iterdir() if one.is_dir() and not one.is_symlink()) if folder.is_dir() else []


def _finished(folder: Path) -> list[Path]:
    """Files that nobody is still writing. Links are left alone: they lead out of the folder."""
    latest = time.time() - _QUIET_SECONDS
    return sorted(
        one for one in folder.iterdir()
        if one.is_file() and not one.is_symlink() and not one.name.startswith(".") and one.stat().st_mtime <= latest
    )  # fmt: skip


async def _merchant(deps: Dependencies, slug: str) -> Merchant | None:
    found = await deps.db.merchants("merchants_by_slug", slug)
    if len(found) != 1:
        return None
    async with deps.db.transaction(found[0]) as session:
        return (await session.exec(select(Merchant).where(Merchant.id == found[0]))).one_or_none()


async def _import(deps: Dependencies, merchant: Merchant, file: Path) -> None:
    speak(merchant.language, merchant.time_zone)
    try:
        content = await asyncio.to_thread(_read, file)
        await import_file(deps.db, deps.clock, merchant.id, content, file_name=file.name, by=_BY)
    except Problem as problem:
        log.warning("statement_file_refused", merchant_id=str(merchant.id), code=problem.code)
        moved = await asyncio.to_thread(_move, file, _REFUSED)
        await asyncio.to_thread(moved.with_name(f"{moved.name}.reason.txt").write_text, f"{problem.detail}\n")
    else:
        await asyncio.to_thread(_move, file, _DONE)


def _read(file: Path) -> bytes:
    if file.stat().st_size > MOST_BYTES:
        raise TooLarge(N_("The file is larger than %(limit)s MB."), limit=MOST_BYTES // MEBIBYTE)
    return file.read_bytes()


def _move(file: Path, where: str) -> Path:
    """Beside an earlier one of the same name, not over it."""
    folder = file.parent / where
    folder.mkdir(exist_ok=True)
    target, number = folder / file.name, 1
    while target.exists():
        number += 1
        target = folder / f"{file.stem}-{number}{file.suffix}"
    return file.rename(target)

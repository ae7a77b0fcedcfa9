"""Bank statements that another program puts into a folder: moved to `working`, read, then moved to `done` or, with the reason beside it,
to `refused`.

Each merchant has a subfolder, named as in the merchant's address in the portal. A file is read once nothing has been written to it
for a few seconds; files whose names begin with a point, as programs use them while they write, are left alone. It is moved before it is
read, so that another of its name is not taken for it. What could not be read for a fault of ours stays in `working`, and is tried again.
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
# What is still in `working` after so long was left there by a fault.
_AGAIN_SECONDS = 60.0
_WORKING, _DONE, _REFUSED = "working", "done", "refused"
# The metric of such files.
STUCK = "kontor_statement_files_stuck"
# As who imported it.
_BY = "folder"


async def import_folder(deps: Dependencies, folder: Path) -> int:
    """How many files stay in `working` for a fault of ours."""
    failed = 0
    for subfolder in await asyncio.to_thread(_subfolders, folder):
        merchant = await _merchant(deps, subfolder.name)
        if merchant is None:
            continue
        working = subfolder / _WORKING
        for file in [*await asyncio.to_thread(_left, working), *await asyncio.to_thread(_finished, subfolder)]:
            try:
                await _import(deps, merchant, file, working)
            except Exception:
                # It is counted as stuck, and holds up no other.
                log.exception("statement_file_failed", merchant_id=str(merchant.id))
        failed += len(await asyncio.to_thread(_left, working))
    return failed


def _subfolders(folder: Path) -> list[Path]:
    return sorted(one for one in folder.iterdir() if one.is_dir() and not one.is_symlink()) if folder.is_dir() else []


def _finished(folder: Path) -> list[Path]:
    """Files that nobody is still writing. Links are left alone: they lead out of the folder."""
    latest = time.time() - _QUIET_SECONDS
    return sorted(
        one for one in folder.iterdir()
        if one.is_file() and not one.is_symlink() and not one.name.startswith(".") and one.stat().st_mtime <= latest
    )  # fmt: skip


def _left(working: Path) -> list[Path]:
    """Not what another process has just moved there."""
    latest = time.time() - _AGAIN_SECONDS
    return sorted(one for one in working.iterdir() if one.stat().st_ctime <= latest) if working.is_dir() else []


async def _merchant(deps: Dependencies, slug: str) -> Merchant | None:
    found = await deps.db.merchants("merchants_by_slug", slug)
    if len(found) != 1:
        return None
    async with deps.db.transaction(found[0]) as session:
        return (await session.exec(select(Merchant).where(Merchant.id == found[0]))).one_or_none()


async def _import(deps: Dependencies, merchant: Merchant, file: Path, working: Path) -> None:
    speak(merchant.language, merchant.time_zone)
    if file.parent != working:
        file = await asyncio.to_thread(_move, file, working)
    try:
        content = await asyncio.to_thread(_read, file)
        await import_file(deps.db, deps.clock, merchant.id, content, file_name=file.name, by=_BY)
    except Problem as problem:
        log.warning("statement_file_refused", merchant_id=str(merchant.id), code=problem.code)
        moved = await asyncio.to_thread(_move, file, working.with_name(_REFUSED))
        await asyncio.to_thread(moved.with_name(f"{moved.name}.reason.txt").write_text, f"{problem.detail}\n")
    else:
        await asyncio.to_thread(_move, file, working.with_name(_DONE))


def _read(file: Path) -> bytes:
    if file.stat().st_size > MOST_BYTES:
        raise TooLarge(N_("The file is larger than %(limit)s MB."), limit=MOST_BYTES // MEBIBYTE)
    return file.read_bytes()


def _move(file: Path, folder: Path) -> Path:
    """Beside an earlier one of the same name, not over it."""
    folder.mkdir(exist_ok=True)
    target, number = folder / file.name, 1
    while target.exists():
        number += 1
        target = folder / f"{file.stem}-{number}{file.suffix}"
    return file.rename(target)

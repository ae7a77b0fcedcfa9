"""Readings that customers enter, with their photos: by a session, or by a write-only link."""

from typing import Any
from uuid import uuid4

from fastapi import Request
from starlette.datastructures import UploadFile

from kontor_edge.owners import command, send
from kontor_meters_pages.entering import Entry
from kontor_meters_pages.portal.words import REASONS
from kontor_service.errors import Conflict, Invalid, Problem, TooLarge, TooMany, Unavailable
from kontor_service.i18n import gettext as _
from kontor_web import Form

# What is asked of meters: the owner, and the right.
_ENTER = ("meters", "meters:enter")
# A photo is read and drawn anew before meters answers.
_PHOTO_SECONDS = 60.0


def by_hand(meters: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without the registers that send by themselves."""
    read = [m | {"registers": [r for r in m["registers"] if not r["interval"]]} for m in meters]
    return [meter for meter in read if meter["registers"]]


def to_enter(meters: list[dict[str, Any]], waiting: set[str], form: Form | None = None) -> list[dict[str, Any]]:
    """Those still waited for, and those of which the form has something: a second click finds what the first one did."""

    def typed(meter: dict[str, Any]) -> bool:
        return form is not None and any(form.value(f"value-{register['id']}") for register in meter["registers"])

    return [meter for meter in meters if meter["id"] in waiting or typed(meter)]


async def store_photo(request: Request, photo: UploadFile, link: str | None = None) -> str:
    """Uploads a photo and returns its hash, which the readings then name. Raises Invalid if the file is no picture."""
    files = {"file": ("photo", photo.file, photo.content_type or "application/octet-stream")}
    answer = await send(request, *_ENTER, "POST", "/v1/photos", link=link, files=files, timeout=_PHOTO_SECONDS)
    return str(answer.json()["sha256"])


async def store_readings(
    request: Request, readings: list[dict[str, Any]], key: str, link: str | None = None
) -> list[dict[str, Any]]:
    """What became of each, in the same order; what was taken is in the copy. `key` makes a repeated click one."""
    answer = await command(request, *_ENTER, "POST", "/v1/readings", json={"readings": readings}, key=key, link=link)
    results: list[dict[str, Any]] = answer["results"]
    return results


async def enter(request: Request, entry: Entry, link: str | None = None) -> int:
    """Hands in what was typed and notes in the entry what became of it. The status of the page that shows it."""
    form = entry.form
    if not entry.typed:
        form.problem = _("Please enter at least one reading.")
        return 422
    reason = {"reason": form.choice("reason", REASONS)} if form.value("reason") else {}
    try:
        await _store_photos(request, entry, link)
        wanted = entry.wanted(reason)
        if not form.ok:
            return 422
        entry.note(await _stored(request, form, wanted, link))
    except Problem as problem:
        return _refused(form, problem)
    form.values["key"] = [str(uuid4())]
    return 200 if form.ok else 422


async def _store_photos(request: Request, entry: Entry, link: str | None) -> None:
    """Before the readings: what is refused then comes back with its photos kept."""
    for meter in entry.meters:
        for photo in entry.form.files(f"photo-{meter['id']}")[:1]:
            try:
                entry.form.values[f"shot-{meter['id']}"] = [await store_photo(request, photo, link)]
            except Invalid:
                entry.form.error(f"photo-{meter['id']}", _("This is not a picture that we can read."))
            except TooLarge:
                entry.form.error(f"photo-{meter['id']}", _("This picture is too large: at most 25 MB, please."))


async def _stored(request: Request, form: Form, wanted: list[dict[str, Any]], link: str | None) -> list[dict[str, Any]]:
    try:
        return await store_readings(request, wanted, form.text("key", limit=60) or str(uuid4()), link)
    except Conflict as conflict:
        # The answer to the first try was lost, and what was typed has changed since.
        if conflict.code != "idempotency_key_reused":
            raise
        return await store_readings(request, wanted, str(uuid4()), link)


def _refused(form: Form, problem: Problem) -> int:
    if isinstance(problem, Unavailable):
        form.problem = _("This does not work right now. Nothing is lost: please send it again in a few minutes.")
    elif isinstance(problem, TooMany):
        form.problem = _("Too many attempts in a short time. Please send it again in a few minutes.")
    else:
        form.problem = _("These readings were not taken.") + (f" {problem.detail}" if problem.detail else "")
    form.headers = problem.headers
    return problem.status

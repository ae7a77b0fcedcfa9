"""Subject and text of each kind of mail, by language, with placeholders and preview (A7). Kept by notifications alone."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.acting import act, submit
from kontor_edge.edge import pages
from kontor_edge.owners import command, query_owner
from kontor_edge.staff import Staff, current_staff, page_context
from kontor_service.errors import NotFound, Problem
from kontor_service.i18n import N_
from kontor_service.i18n import gettext as _
from kontor_web import Form, read_form

router = APIRouter(prefix="/texte")

_RIGHT = "templates:edit"


KindMissing = NotFound.named("template_kind_unknown", N_("There is no such kind of mail."))


async def _all(request: Request) -> dict[str, Any]:
    return await query_owner(request, "notifications", _RIGHT, "/v1/templates")


@router.get("")
async def texts(request: Request) -> Response:
    staff = await current_staff(request)
    found: dict[str, Any] | None = None
    try:
        found = await _all(request)
    except Problem as problem:
        if problem.status < 500:
            raise
    return pages(request).render(
        request, "mails/texts.html", page_context(request, staff, "mails", live=False),
        templates=found["templates"] if found else None,
    )  # fmt: skip


async def _one(request: Request, kind: str, language: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    found = await _all(request)
    words = next((t for t in found["templates"] if t["kind"] == kind and t["language"] == language), None)
    if words is None:
        raise KindMissing()
    return words, found["placeholders"].get(kind, [])


@router.get("/{kind}/{language}")
async def edit_page(request: Request, kind: str, language: str) -> Response:
    staff = await current_staff(request)
    words, placeholders = await _one(request, kind, language)
    form = Form.of({"subject": words["subject"], "text": words["text"]})
    preview = await _preview(request, kind, language, words["subject"], words["text"])
    return _page(request, staff, words, placeholders, form, preview)


@router.post("/{kind}/{language}")
async def save(request: Request, kind: str, language: str) -> Response:
    """An unknown placeholder is named beside its field and nothing is saved."""
    staff = await current_staff(request)
    form = await read_form(request)
    wanted = {
        "subject": form.text("subject", required=True, limit=500),
        "text": form.text("text", required=True, limit=20_000, lines=True),
    }
    answer, status = await submit(
        request, form, "notifications", _RIGHT, f"/v1/templates/{kind}/{language}", method="PUT", json=wanted
    )
    if answer is not None:
        return pages(request).redirect(
            f"/mails/texte/{kind}/{language}", good=_("Saved. The text applies from now on.")
        )
    words, placeholders = await _one(request, kind, language)
    return _page(request, staff, words, placeholders, form, None, status)


@router.post("/{kind}/{language}/vorschau")
async def preview(request: Request, kind: str, language: str) -> Response:
    """The preview of what is typed, for the page to take over."""
    staff = await current_staff(request)
    form = await read_form(request)
    subject, text = form.text("subject", limit=500), form.text("text", limit=20_000, lines=True)
    shown = await _preview(request, kind, language, subject, text)
    return pages(request).render(request, "mails/preview.html", page_context(request, staff), preview=shown)


@router.post("/{kind}/{language}/zuruecksetzen")
async def reset(request: Request, kind: str, language: str) -> Response:
    await current_staff(request)
    await read_form(request)
    return await act(
        request, "notifications", _RIGHT, "DELETE", f"/v1/templates/{kind}/{language}", back=f"/mails/texte/{kind}/{language}",
        good=_("The default text applies again."),
    )  # fmt: skip


async def _preview(request: Request, kind: str, language: str, subject: str, text: str) -> dict[str, str]:
    """{subject, text} with real data, or {problem} in words."""
    trial = {"kind": kind, "language": language, "subject": subject, "text": text}
    try:
        return await command(request, "notifications", _RIGHT, "POST", "/v1/templates/preview", json=trial)
    except Problem as problem:
        if problem.status == 401:
            raise
        return {"problem": " ".join(error["message"] for error in problem.errors) or problem.detail}


def _page(
    request: Request, staff: Staff, words: dict[str, Any], placeholders: list[dict[str, Any]], form: Form,
    shown: dict[str, str] | None, status: int = 200,
) -> Response:  # fmt: skip
    return pages(request).render(
        request, "mails/text.html", page_context(request, staff, "mails", live=False), status=status, words=words,
        placeholders=placeholders, form=form, preview=shown,
    )  # fmt: skip

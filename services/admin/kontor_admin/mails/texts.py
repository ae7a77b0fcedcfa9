"""Subject and text of each kind of mail, by language, with placeholders and preview (A7). Kept by notifications alone."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.acting import act, submit
from kontor_edge.edge import pages
from kontor_edge.owners import command, query_owner
from kontor_edge.query import loads
from kontor_edge.staff import Staff, current_staff, page_context, query_view
from kontor_service.errors import NotFound, Problem
from kontor_service.i18n import N_
from kontor_service.i18n import gettext as _
from kontor_web import Form, read_form

router = APIRouter(prefix="/texte")

RIGHT = "templates:edit"
# As much as a document can be shared with.
_MOST_SUBJECT, _MOST_TEXT = 200, 10_000

KindMissing = NotFound.named("template_kind_unknown", N_("There is no such kind of mail."))


async def _all(request: Request) -> dict[str, Any]:
    return await query_owner(request, "notifications", RIGHT, "/v1/templates")


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


@dataclass(frozen=True)
class Editor:
    """One kind of mail in one language, for whoever writes its words: `words` as notifications has them; `documents` to try them
    with, the newest first."""

    staff: Staff
    words: dict[str, Any]
    placeholders: list[dict[str, Any]]
    documents: list[dict[str, Any]]

    @property
    def path(self) -> str:
        return f"/mails/texte/{self.words['kind']}/{self.words['language']}"

    @property
    def blocks(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.words.get("blocks", [])
        return found


async def editor_of(request: Request, kind: str, language: str) -> Editor:
    """Raises KindMissing."""
    await current_staff(request)
    found = await _all(request)
    words = next((t for t in found["templates"] if t["kind"] == kind and t["language"] == language), None)
    if words is None:
        raise KindMissing()
    staff, row = await query_view(request, "mail_text_documents", document_type=words["document_type"])
    return Editor(staff, words, found["placeholders"].get(kind, []), loads(row["documents"], []))


@router.get("/{kind}/{language}")
async def edit_page(request: Request, kind: str, language: str) -> Response:
    editor = await editor_of(request, kind, language)
    form = Form.of({"subject": editor.words["subject"], "text": editor.words["text"]})
    return render(request, "mails/text.html", editor, form, await trial(request, kind, language, form))


@router.post("/{kind}/{language}")
async def save(request: Request, kind: str, language: str) -> Response:
    """An unknown placeholder is named beside its field and nothing is saved. The button of the preview saves nothing either."""
    editor = await editor_of(request, kind, language)
    form = await read_form(request)
    if form.flag("preview"):
        return render(request, "mails/text.html", editor, form, await trial(request, kind, language, form))
    path = f"/v1/templates/{kind}/{language}"
    answer, status = await submit(request, form, "notifications", RIGHT, path, method="PUT", json=typed_words(form))
    if answer is None:
        return render(request, "mails/text.html", editor, form, None, status)
    used = not any(block["preferred"] for block in editor.blocks)
    good = _("Saved. The text applies from now on.") if used else _("Saved. The preferred text block stays in use.")
    return pages(request).redirect(editor.path, good=good)


@router.post("/{kind}/{language}/vorschau")
async def preview(request: Request, kind: str, language: str) -> Response:
    """The preview of what is typed, for the page to take over."""
    staff = await current_staff(request)
    shown = await trial(request, kind, language, await read_form(request))
    return pages(request).render(request, "mails/preview.html", page_context(request, staff), preview=shown)


@router.post("/{kind}/{language}/zuruecksetzen")
async def reset(request: Request, kind: str, language: str) -> Response:
    await current_staff(request)
    await read_form(request)
    return await act(
        request, "notifications", RIGHT, "DELETE", f"/v1/templates/{kind}/{language}", back=f"/mails/texte/{kind}/{language}",
        good=_("The default text applies again."),
    )  # fmt: skip


def typed_words(form: Form) -> dict[str, str]:
    return {
        "subject": form.text("subject", required=True, limit=_MOST_SUBJECT),
        "text": form.text("text", required=True, limit=_MOST_TEXT, lines=True),
    }


async def trial(request: Request, kind: str, language: str, form: Form) -> dict[str, str]:
    """{subject, text} of what the form holds, with the document chosen there, else the newest; or {problem} in words."""
    typed = {
        "subject": form.value("subject"),
        "text": form.value("text"),
        "document_id": form.value("document") or None,
    }
    try:
        return await command(
            request, "notifications", RIGHT, "POST", "/v1/templates/preview", json={"kind": kind, "language": language, **typed}
        )  # fmt: skip
    except Problem as problem:
        if problem.status == 401:
            raise
        return {"problem": " ".join(error["message"] for error in problem.errors) or problem.detail}


def render(
    request: Request, template: str, editor: Editor, form: Form, shown: dict[str, str] | None, status: int = 200,
    **more: Any,
) -> Response:  # fmt: skip
    """A page with a form of words, its preview, and the placeholders beside it."""
    return pages(request).render(
        request, template, page_context(request, editor.staff, "mails", live=False), status=status, editor=editor,
        words=editor.words, form=form, preview=shown, **more,
    )  # fmt: skip

"""Sharing one document by hand (C23): recipient, subject and text can be changed, the text chosen among several (A7); the finished
mail is shown before it goes."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_documents_pages.admin.document import DocumentView, document
from kontor_edge.acting import submit
from kontor_edge.edge import edge_of, pages
from kontor_edge.owners import query_owner
from kontor_edge.staff import Staff, page_context
from kontor_service.errors import Problem
from kontor_service.i18n import gettext as _
from kontor_web import Form, read_form

router = APIRouter()

# How long the page waits for the mail to be queued.
_PATIENCE_SECONDS = 3.0
_CHOSEN = ("recipient", "subject", "text")


@dataclass(frozen=True)
class Texts:
    """What a mail about this document can say. `choices`: key and name of each text, `words` its subject and text; `usual` is the key
    of the one that is used where none is chosen."""

    choices: list[tuple[str, str]] = field(default_factory=list)
    words: dict[str, dict[str, str]] = field(default_factory=dict)
    usual: str = ""
    placeholders: list[dict[str, Any]] = field(default_factory=list)


@router.get("/{document_id}/teilen")
async def share_page(request: Request, document_id: UUID) -> Response:
    staff, view, _row = await document(request, document_id)
    texts = await _texts(request, staff, view)
    usual = texts.words.get(texts.usual, {})
    return await _page(request, staff, view, Form.of({**usual, "block": texts.usual}), usual, texts=texts)


@router.post("/{document_id}/teilen")
async def share(request: Request, document_id: UUID) -> Response:
    """Shows the finished mails first; the second click shares exactly the mails that were shown."""
    staff, view, _row = await document(request, document_id)
    form = await read_form(request)
    usual = {name: form.value(f"usual_{name}").replace("\r\n", "\n").strip() for name in ("subject", "text")}
    wanted = {"recipient": form.email("recipient"), **_own_words(form, usual)}
    if form.flag("choose"):
        texts = await _texts(request, staff, view)
        chosen = texts.words.get(form.value("block"), usual)
        form = Form.of({"recipient": form.value("recipient"), "block": form.value("block"), **chosen})
        return await _page(request, staff, view, form, usual, texts=texts)
    if form.flag("change"):
        return await _page(request, staff, view, form, usual)
    mails, status = await _finished(request, form, view, wanted)
    if mails is None:
        return await _page(request, staff, view, form, usual, status)
    if not form.flag("seen"):
        return pages(request).render(
            request, "documents/share_preview.html", page_context(request, staff, "release", live=False), view=view, doc=view.data,
            mails=mails, typed={name: form.value(name) for name in (*_CHOSEN, "block", "usual_subject", "usual_text")},
        )  # fmt: skip
    answer, status = await submit(
        request, form, "documents", "documents:release", f"/v1/documents/{document_id}/share", json=wanted,
        names={"customer.email": "recipient"},
    )  # fmt: skip
    if answer is None:
        return await _page(request, staff, view, form, usual, status)
    return await _shared(request, staff, view)


def _own_words(form: Form, usual: dict[str, str]) -> dict[str, str]:
    """The texts that staff changed; an unchanged one is empty, so that each recipient gets the template in their language."""
    typed = {"subject": form.text("subject", limit=200), "text": form.text("text", limit=10_000, lines=True)}
    return {name: "" if text == usual[name] else text for name, text in typed.items()}


async def _finished(
    request: Request, form: Form, view: DocumentView, wanted: dict[str, str]
) -> tuple[list[dict[str, Any]] | None, int]:
    """The mails as they would go out; None, and the page's status, where they cannot."""
    answer, status = await submit(
        request, form, "notifications", "mails:resend", "/v1/mails/preview", json={"document_id": view.id, **wanted}
    )
    if answer is None:
        return None, status
    if not answer["mails"]:
        form.error("recipient", _("There is no address for this document yet."))
        return None, 422
    return answer["mails"], status


async def _shared(request: Request, staff: Staff, view: DocumentView) -> Response:
    """Redirects to the document once its mail is queued; to the mail's page if the mail has failed."""
    before = {mail["id"] for mail in view.mails}

    async def look() -> dict[str, Any] | None:
        _staff, now, _row = await document(request, UUID(view.id))
        return next((mail for mail in now.mails if mail["id"] not in before), None)

    mail = await edge_of(request).changes.until({staff.topic}, look, timeout=_PATIENCE_SECONDS)
    if mail is not None and mail["state"] == "failed":
        return pages(request).redirect(
            f"/mails/{mail['id']}/erneut", bad=_("Shared, but its mail cannot go out like this.")
        )
    good = _("Shared. The mail is on its way.") if mail else _("Shared. The mail is being made.")
    return pages(request).redirect(f"/dokumente/{view.id}", good=good)


async def _page(
    request: Request, staff: Staff, view: DocumentView, form: Form, usual: dict[str, str], status: int = 200,
    texts: Texts | None = None,
) -> Response:  # fmt: skip
    texts = texts or await _texts(request, staff, view)
    return pages(request).render(
        request, "documents/share.html", page_context(request, staff, "release", live=False), status=status,
        view=view, doc=view.data, form=form, usual=usual, texts=texts,
    )  # fmt: skip


async def _texts(request: Request, staff: Staff, view: DocumentView) -> Texts:
    """The texts there are in the customer's language; none where notifications does not answer or the role has no right to see
    them: the fields are then empty, and the usual text is used all the same."""
    language = (view.customer or {}).get("language") or staff.merchant.get("language") or "de"
    try:
        found = await query_owner(request, "notifications", "mails:resend", "/v1/templates")
    except Problem:
        return Texts()
    kind = f"document_shared:{view.data['type']}"
    template = next((t for t in found["templates"] if t["kind"] == kind and t["language"] == language), None)
    return _texts_of(template, found["placeholders"].get(kind, [])) if template else Texts()


def _texts_of(template: dict[str, Any], placeholders: list[dict[str, Any]]) -> Texts:
    texts = [{"id": "default", "name": _("Default text"), **template}, *template.get("blocks", [])]
    words = {one["id"]: {"subject": one["subject"], "text": one["text"].replace("\r\n", "\n").strip()} for one in texts}
    usual = next((one["id"] for one in texts if one.get("preferred")), "default")
    return Texts([(one["id"], one["name"]) for one in texts], words, usual, placeholders)

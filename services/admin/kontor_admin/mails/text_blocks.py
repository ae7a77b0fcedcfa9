"""Further texts of one kind of mail and language, each with a name (A7): one is chosen when a document is sent, and the preferred
one is used where none is."""

from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_admin.mails.texts import RIGHT, Editor, editor_of, render, trial, typed_words
from kontor_edge.acting import act, submit
from kontor_edge.edge import pages
from kontor_service.errors import NotFound
from kontor_service.i18n import N_
from kontor_service.i18n import gettext as _
from kontor_web import Form, read_form

router = APIRouter(prefix="/texte/{kind}/{language}/bausteine")

BlockMissing = NotFound.named("text_block_unknown", N_("There is no such text block."))


@router.get("/neu")
async def new_page(request: Request, kind: str, language: str) -> Response:
    """It starts with the usual text. The page has chosen the id: sent twice, it is added once."""
    editor = await editor_of(request, kind, language)
    words = editor.words
    form = Form.of({"subject": words["subject"], "text": words["text"], "key": uuid4()})
    return _page(request, editor, None, form, await trial(request, kind, language, form))


@router.post("/neu")
async def add(request: Request, kind: str, language: str) -> Response:
    return await _save(request, await editor_of(request, kind, language), None)


@router.get("/{block_id}")
async def edit_page(request: Request, kind: str, language: str, block_id: UUID) -> Response:
    editor = await editor_of(request, kind, language)
    block = _block(editor, block_id)
    form = Form.of(block)
    return _page(request, editor, block, form, await trial(request, kind, language, form))


@router.post("/{block_id}")
async def change(request: Request, kind: str, language: str, block_id: UUID) -> Response:
    editor = await editor_of(request, kind, language)
    return await _save(request, editor, _block(editor, block_id))


@router.post("/{block_id}/bevorzugen")
async def prefer(request: Request, kind: str, language: str, block_id: UUID) -> Response:
    editor = await editor_of(request, kind, language)
    await read_form(request)
    block = _block(editor, block_id)
    wanted = {name: block[name] for name in ("name", "subject", "text")} | {"preferred": True}
    return await act(
        request, "notifications", RIGHT, "PUT", f"{_owner_path(editor)}/{block_id}", json=wanted, back=editor.path,
        good=_("“%(name)s” is used from now on where no other text is chosen.", name=block["name"]),
    )  # fmt: skip


@router.post("/{block_id}/entfernen")
async def remove(request: Request, kind: str, language: str, block_id: UUID) -> Response:
    editor = await editor_of(request, kind, language)
    await read_form(request)
    _block(editor, block_id)
    return await act(
        request, "notifications", RIGHT, "DELETE", f"{_owner_path(editor)}/{block_id}", back=editor.path,
        good=_("The text block has been deleted."),
    )  # fmt: skip


def _block(editor: Editor, block_id: UUID) -> dict[str, Any]:
    found: dict[str, Any] | None = next((one for one in editor.blocks if one["id"] == str(block_id)), None)
    if found is None:
        raise BlockMissing()
    return found


def _owner_path(editor: Editor) -> str:
    return f"/v1/templates/{editor.words['kind']}/{editor.words['language']}/blocks"


async def _save(request: Request, editor: Editor, block: dict[str, Any] | None) -> Response:
    """What is wrong is named beside its field and nothing is saved. The button of the preview saves nothing either."""
    form = await read_form(request)
    if form.flag("preview"):
        shown = await trial(request, editor.words["kind"], editor.words["language"], form)
        return _page(request, editor, block, form, shown)
    name = form.text("name", required=True, limit=60)
    wanted = {"name": name, **typed_words(form), "preferred": form.flag("preferred")}
    id_ = block["id"] if block else form.value("key")
    path = f"{_owner_path(editor)}/{id_}"
    answer, status = await submit(request, form, "notifications", RIGHT, path, method="PUT", json=wanted)
    if answer is None:
        return _page(request, editor, block, form, None, status)
    return pages(request).redirect(editor.path, good=_("“%(name)s” has been saved.", name=name))


def _page(
    request: Request, editor: Editor, block: dict[str, Any] | None, form: Form, shown: dict[str, str] | None,
    status: int = 200,
) -> Response:  # fmt: skip
    return render(request, "mails/text_block.html", editor, form, shown, status, block=block)

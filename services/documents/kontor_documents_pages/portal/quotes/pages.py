"""The page of a quote and what its buttons do. One form carries choices, name, consents and signature, so that nothing typed
is lost whichever button is pressed, with and without scripts."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_documents_pages import content as content_view
from kontor_documents_pages.portal import quote_commands
from kontor_documents_pages.portal.beside import beside
from kontor_documents_pages.portal.chosen_view import chosen_view, keep_view
from kontor_documents_pages.portal.conversation.pages import new_form
from kontor_documents_pages.portal.conversation.view import conversation_of
from kontor_documents_pages.portal.conversation.writer import known_writer
from kontor_documents_pages.portal.document_view import document_view
from kontor_documents_pages.portal.quotes import information
from kontor_documents_pages.portal.quotes.form import acceptance_of, field_names, initial_form, selection_of
from kontor_documents_pages.portal.quotes.quote import Quote, quote_of
from kontor_edge.acting import refused
from kontor_edge.edge import edge_of, pages
from kontor_edge.portal import Slug, page_context, query_view
from kontor_service.differences import differences
from kontor_service.errors import NotFound, Problem
from kontor_service.formats import money
from kontor_service.i18n import N_, reader
from kontor_service.i18n import gettext as _
from kontor_web import Form, read_form

T = TypeVar("T")
router = APIRouter(include_in_schema=False, prefix="/{slug}/dokumente/{document_id}")

# How long a page waits for what an owner has just told.
_WAIT_FOR_NEWS = 2.0
_MOST_TEXT = 2_000


class QuoteGone(NotFound):
    """The quote is not there for this reader, or was withdrawn while its page was open."""

    title = N_("This quote is not available any more. It may have been withdrawn.")
    for_people = True


def quote_page(request: Request, slug: str, record: asyncpg.Record, form: Form | None = None, status: int = 200, *,
               news: list[dict[str, Any]] | None = None, standing: list[dict[str, Any]] | None = None) -> Response:  # fmt: skip
    """`news`: what an amendment has changed against the page that was sent. `standing`: what goes along with a draft."""
    quote = quote_of(document_view(record, standing))
    live = f"/{slug}/live?document={quote.view.entry['id']}"
    context = page_context(record, "documents", live=live)
    # From here on words are the reader's, so the quote is put together again.
    quote = quote_of(quote.view)
    changes = news or quote.view.details["changes"]
    response = pages(request).render(
        request, "quotes/quote.html", context, status=status, slug=slug, quote=quote, view=quote.view,
        changes=[one.sentence for one in differences(changes, quote.view.currency)],
        form=form or initial_form(quote), parts=content_view, information=information,
        show_pdf=quote.view.pdf is not None and chosen_view(request, quote.view.merchant) == "pdf",
        reasons=quote.view.merchant.get("decline_reasons") or [], **beside(slug, record, quote.view),
        talk=conversation_of(record, edge_of(request).clock.now(), known_writer(request, record)), comment_form=new_form(),
    )  # fmt: skip
    keep_view(request, response)
    return response


@router.post("/auswahl")
async def choose(request: Request, slug: Slug, document_id: UUID) -> Response:
    """Keeps what is chosen and shows what it comes to; scripts take the changed parts out of the same page."""
    form, record, quote = await _read_form_and_query_quote(request, document_id)
    if not quote.may["accept"]:
        return _redirect_with_reason(request, slug, quote)
    status = await _save(request, document_id, form, quote)
    if status == 200:
        record = await _record(request, document_id)
    return quote_page(request, slug, record, form, status)


@router.post("/annehmen")
async def accept(request: Request, slug: Slug, document_id: UUID) -> Response:
    form, _, quote = await _read_form_and_query_quote(request, document_id)
    if _is_accepted_alike(form, quote):
        return await _accepted(request, slug, document_id, quote.outcome)
    if not quote.may["accept"]:
        return _redirect_with_reason(request, slug, quote)
    if form.value("version") != str(quote.version):
        return await _amended(request, slug, document_id, form)
    wanted = acceptance_of(form, quote)
    status = await _save(request, document_id, form, quote)
    if status != 200 or not form.ok:
        return quote_page(request, slug, await _record(request, document_id), form, status if status != 200 else 422)
    quote = quote_of(document_view(await _record(request, document_id)))
    if form.value("total") != str(quote.total):
        return _total_changed(request, slug, await _record(request, document_id), form, quote)
    # The version that was on the screen: the owner refuses it if an amendment has come in between.
    wanted |= {"version": _version_on_screen(form, quote), "shown": information.shown_at_button(quote),
               "selection": {"lines": selection_of(form, quote)}}  # fmt: skip
    try:
        answer = await quote_commands.accept(request, document_id, wanted, language=reader().language)
    except Problem as problem:
        return await _refused(request, slug, document_id, form, quote, problem)
    return await _accepted(request, slug, document_id, answer["state"])


@router.post("/ablehnen")
async def decline(request: Request, slug: Slug, document_id: UUID) -> Response:
    form, record, quote = await _read_form_and_query_quote(request, document_id)
    if not quote.may["decline"]:
        return _redirect_with_reason(request, slug, quote)
    reason = form.choice("reason", ["", *(quote.view.merchant.get("decline_reasons") or [])])
    text = form.text("decline-text", limit=_MOST_TEXT, lines=True)
    if not form.ok:
        return quote_page(request, slug, record, form, 422)
    wanted = {"reason": reason, "text": text, "version": _version_on_screen(form, quote)}
    try:
        await quote_commands.decline(request, document_id, wanted, language=reader().language)
    except Problem as problem:
        return await _refused(request, slug, document_id, form, quote, problem)
    return pages(request).redirect(
        _address(slug, document_id), info=_("You have declined the quote. Thank you for telling us.")
    )


@router.post("/verlaengerung")
async def ask_for_extension(request: Request, slug: Slug, document_id: UUID) -> Response:
    good = _("We have passed on that you need more time. You will hear from us.")
    return await _send_request(request, slug, document_id, "extend", "extension", "extension-text", good)


@router.post("/neues-angebot")
async def ask_for_new_offer(request: Request, slug: Slug, document_id: UUID) -> Response:
    good = _("We have passed on what you would like. You will hear from us.")
    return await _send_request(request, slug, document_id, "new_offer", "new-offer", "offer-text", good)


async def _send_request(
    request: Request, slug: str, document_id: UUID, may: str, what: str, field: str, good: str
) -> Response:
    form, record, quote = await _read_form_and_query_quote(request, document_id)
    if not quote.may[may]:
        return _redirect_with_reason(request, slug, quote)
    text = form.text(field, limit=_MOST_TEXT, lines=True)
    if not form.ok:
        return quote_page(request, slug, record, form, 422)
    try:
        await quote_commands.ask(request, document_id, what, text)
    except Problem as problem:
        return await _refused(request, slug, document_id, form, quote, problem)
    return pages(request).redirect(_address(slug, document_id), good=good)


async def _read_form_and_query_quote(request: Request, document_id: UUID) -> tuple[Form, asyncpg.Record, Quote]:
    """The form, and the quote as it is now. Raises QuoteGone."""
    form = await read_form(request)
    record = await _record(request, document_id)
    page_context(record, "documents")
    return form, record, quote_of(document_view(record))


async def _record(request: Request, document_id: UUID) -> asyncpg.Record:
    record = await query_view(request, "document", asked=document_id)
    view = document_view(record) if record["document"] is not None else None
    if view is None or view.entry["type"] != "quote":
        raise QuoteGone
    return record


async def _save(request: Request, document_id: UUID, form: Form, quote: Quote) -> int:
    """Keeps the choice where it is another one; the page's status."""
    wanted = selection_of(form, quote)
    if not form.ok:
        return 422
    if not quote.has_choices or _is_saved(wanted, quote):
        return 200
    try:
        await quote_commands.save_selection(request, document_id, wanted)
    except Problem as problem:
        return refused(form, problem, field_names(quote))
    return 200


def _version_on_screen(form: Form, quote: Quote) -> int:
    version = form.value("version")
    return int(version) if version.isascii() and version.isdigit() else quote.version


def _is_saved(wanted: list[dict[str, Any]], quote: Quote) -> bool:
    saved = {line["id"]: line for line in (quote.view.details["selection"] or {}).get("lines") or ()}
    return all(one["id"] in saved and _is_alike(one, saved[one["id"]]) for one in wanted)


def _is_alike(wanted: dict[str, Any], saved: dict[str, Any]) -> bool:
    quantity = wanted["quantity"]
    return bool(wanted["selected"] == saved["selected"]) and (
        quantity is None or Decimal(quantity) == Decimal(saved["quantity"])
    )


def _total_changed(request: Request, slug: str, record: asyncpg.Record, form: Form, quote: Quote) -> Response:
    """Nobody is bound to a total that was not on the screen."""
    total = money(quote.total, quote.view.currency, reader().language)
    form.problem = _(
        "With your choice the total is now %(total)s. Please look at it and confirm once more.", total=total
    )
    return quote_page(request, slug, record, form, 409)


async def _refused(
    request: Request, slug: str, document_id: UUID, form: Form, quote: Quote, problem: Problem
) -> Response:
    """What the owner refused, in the page it came from: with the new version where the quote was amended meanwhile."""
    if problem.code == "quote_amended":
        return await _amended(request, slug, document_id, form, problem.params.get("difference"))
    if problem.status == 409:
        return pages(request).redirect(_address(slug, document_id), warn=problem.detail)
    if problem.status == 404:
        raise QuoteGone
    status = refused(form, problem, field_names(quote))
    return quote_page(request, slug, await _record(request, document_id), form, status)


def _is_accepted_alike(form: Form, quote: Quote) -> bool:
    """The same form came twice, as with a double click: it is answered as at the first time."""
    decision = quote.decision
    return (
        quote.outcome in ("accepted", "promised")
        and str(decision.get("revision")) == form.value("version")
        and decision.get("name") == form.text("name")
        and str(quote.total) == form.value("total")
    )


async def _amended(
    request: Request, slug: str, document_id: UUID, form: Form, difference: list[dict[str, Any]] | None = None
) -> Response:
    """The page once more with the version that counts now, and what is different in it."""

    async def newer() -> asyncpg.Record | None:
        record = await _record(request, document_id)
        has_news = str(document_view(record).details["revision"]) != form.value("version")
        return record if has_news and record["content"] else None

    record = await _wait_for_copy(request, document_id, newer) or await _record(request, document_id)
    form.problem = _("The quote has been changed since you opened it. Please look at what is new before you accept it.")
    return quote_page(request, slug, record, form, 409, news=difference)


async def _accepted(request: Request, slug: str, document_id: UUID, state: str) -> Response:
    address = _address(slug, document_id)
    if state != "promised":
        thanks = _("Thank you! Your order is placed. You will receive the order confirmation by e-mail.")
        return pages(request).redirect(address, good=thanks)

    async def payable() -> bool | None:
        return document_view(await _record(request, document_id)).payable or None

    to_pay = await _wait_for_copy(request, document_id, payable)
    next_step = _("Thank you! One last step: your order counts as soon as the payment is on its way.")
    return pages(request).redirect(f"{address}/bezahlen" if to_pay else address, good=next_step)


async def _wait_for_copy(request: Request, document_id: UUID, look: Callable[[], Awaitable[T | None]]) -> T | None:
    return await edge_of(request).changes.until({f"document:{document_id}"}, look, timeout=_WAIT_FOR_NEWS)


def _redirect_with_reason(request: Request, slug: str, quote: Quote) -> Response:
    """The page as it is now, with why nothing more can be done."""
    sentences = {
        "accepted": _("This quote has already been accepted."),
        "promised": _("This quote has already been accepted; the payment is still missing."),
        "declined": _("This quote has already been declined."),
        "expired": _("This quote is no longer valid."),
        "superseded": _("This quote has been replaced by a newer one."),
    }
    sentence = sentences.get(quote.outcome, _("With your access you can view this quote but not decide about it."))
    return pages(request).redirect(_address(slug, UUID(quote.view.entry["id"])), warn=sentence)


def _address(slug: str, document_id: UUID) -> str:
    return f"/{slug}/dokumente/{document_id}"

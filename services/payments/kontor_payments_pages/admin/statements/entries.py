"""The payments on bank statements under /umsaetze: confirmed all at once or one by one, assigned to other documents, split, set aside,
taken back."""

from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from kontor_edge.acting import act, refused
from kontor_edge.edge import pages
from kontor_edge.listing import Listing
from kontor_edge.owners import command
from kontor_edge.query import loads
from kontor_edge.sorting import search_patterns
from kontor_edge.staff import Staff
from kontor_payments_pages.admin.statements.listing import ENTRIES, KINDS
from kontor_payments_pages.admin.statements.staff_page import (
    BOOK,
    OWNER,
    ask_statements,
    query_list,
    render,
    tabs,
    uuids_of,
)
from kontor_service.errors import NotFound, Problem
from kontor_service.i18n import gettext as _
from kontor_service.i18n import ngettext
from kontor_service.money import from_minor
from kontor_web import Form, Link, read_form

_HERE = "/umsaetze"
router = APIRouter(prefix=_HERE)

_CHOICES = 25
_AMOUNT = "amount-"
# In the order in which staff deal with them.
_WAITING = ("certain", "to_check", "none")


@router.get("")
async def entries_page(request: Request) -> Response:
    """Without a wish the first kind of which there are any."""
    staff, listing = await query_list(request, ENTRIES)
    counts = listing.fact("counts", {})
    asked = listing.query.values["kind"]
    first = next((kind for kind in _WAITING if counts.get(kind)), "certain")
    if asked is None and first != "certain" and not listing.query.narrowed:
        return RedirectResponse(f"{_HERE}?art={first}", 303)
    kind = asked or "certain"
    return render(
        request, staff, "entries", listing=listing, kind=kind, counts=counts, kinds=_kinds(listing, kind, counts), tabs=tabs("entries"),
    )  # fmt: skip


def _kinds(listing: Listing, current: str, counts: dict[str, int]) -> list[Link]:
    statement = listing.query.values["statement"]
    more = f"&auszug={statement}" if statement else ""
    return [
        Link(_(label), f"{_HERE}?art={kind}{more}", current=kind == current, count=counts.get(kind) if kind in _WAITING else None)
        for kind, label in KINDS.items()
    ]  # fmt: skip


@router.post("/sichere")
async def confirm_certain(request: Request) -> Response:
    """All certain proposals at once; they are booked one after the other."""
    await ask_statements(request, "staff")
    await read_form(request)
    try:
        answer = await command(request, OWNER, BOOK, "POST", "/v1/statement-entries/confirm", json={})
    except Problem as problem:
        if problem.status in (401, 404) or problem.status >= 500:
            raise
        return pages(request).redirect(_HERE, bad=problem.detail)
    many = answer["confirmed"]
    good = ngettext("One payment is being booked.", "%(num)s payments are being booked.", many)
    return pages(request).redirect(_HERE, good=good if many else _("There is nothing certain to book."))


@router.post("/vorschlagen")
async def propose(request: Request) -> Response:
    await ask_statements(request, "staff")
    await read_form(request)
    return await act(
        request, OWNER, BOOK, "POST", "/v1/statement-entries/propose", back=_HERE, good=_("The open payments are compared once more."),
    )  # fmt: skip


@router.get("/{entry_id:uuid}")
async def entry_page(request: Request, entry_id: UUID) -> Response:
    """Which documents it is for: one, or several with their amounts."""
    return await _page(request, entry_id, Form.of(request.query_params))


async def _page(request: Request, entry_id: UUID, form: Form, status: int = 200) -> Response:
    """What was typed stays, whatever is searched for; before anything is typed, what is proposed."""
    words = search_patterns(form.value("q"))
    typed = [
        name.removeprefix(_AMOUNT) for name in form.values if name.startswith(_AMOUNT) and form.value(name).strip()
    ]
    staff, row = await _ask(request, entry_id, words, uuids_of(typed))
    entry = loads(row["entry"])
    if not typed and entry["shares"] and entry["state"] == "waiting":
        proposed = [share["document_id"] for share in entry["shares"]]
        staff, row = await _ask(request, entry_id, words, uuids_of(proposed))
        for share in entry["shares"]:
            amount = f"{from_minor(abs(share['amount_minor']), entry['currency']):f}"
            form.values[_AMOUNT + share["document_id"]] = [
                amount.replace(".", ",") if staff.language == "de" else amount
            ]
    return render(
        request, staff, "entry", live=False, status=status, e=entry, choices=loads(row["choices"], []), form=form, most=_CHOICES,
    )  # fmt: skip


async def _ask(request: Request, entry_id: UUID, words: list[str] | None, kept: list[UUID]) -> tuple[Staff, Any]:
    """Raises NotFound."""
    staff, row = await ask_statements(
        request, "statement_payment", asked=entry_id, of_words=words, kept=kept, many=_CHOICES
    )
    if row["entry"] is None:
        raise NotFound
    return staff, row


@router.post("/{entry_id:uuid}/buchen")
async def book(request: Request, entry_id: UUID) -> Response:
    """`vorschlag`: as proposed; `ganz`: all of it on this document; `suchen`: only other documents to choose from; else with the amounts
    that were typed."""
    _staff, row = await _ask(request, entry_id, None, [])
    form = await read_form(request)
    if form.flag("suchen"):
        return await _page(request, entry_id, form)
    entry = loads(row["entry"])
    shares = [] if form.flag("vorschlag") else _shares(form, entry)
    if not form.ok:
        return await _page(request, entry_id, form, 422)
    wanted = {"shares": shares, "confirmed": form.flag("confirmed")}
    try:
        await command(request, OWNER, BOOK, "POST", f"/v1/statement-entries/{entry_id}/book", json=wanted)
    except Problem as problem:
        status = refused(form, problem, {"shares": "amounts"})
        if problem.code == "statement_share_unusual":
            form.values["confirmed"] = ["on"]
        return await _page(request, entry_id, form, status)
    return pages(request).redirect(_back(form), good=_("Payment booked."))


def _shares(form: Form, entry: dict[str, Any]) -> list[dict[str, Any]]:
    """Notes what is wrong in the form."""
    whole = uuids_of([form.value("ganz")])
    if whole:
        return [{"document_id": str(whole[0]), "amount_minor": abs(entry["amount_minor"])}]
    found = []
    for name in [name for name in form.values if name.startswith(_AMOUNT)]:
        minor = form.money(name, entry["currency"])
        if minor:
            found.append({"document_id": name.removeprefix(_AMOUNT), "amount_minor": minor})
    if not found:
        form.problem = _("Please enter the amount beside the document that was paid.")
    return found


def _back(form: Form) -> str:
    kind = form.value("art")
    return f"{_HERE}?art={kind}" if kind in KINDS else _HERE


@router.post("/{entry_id:uuid}/{what}")
async def decide(request: Request, entry_id: UUID, what: Literal["zurueckstellen", "zurueckholen"]) -> Response:
    """Sets it aside with a note, or takes back what was decided about it."""
    await ask_statements(request, "staff")
    form = await read_form(request)
    path = f"/v1/statement-entries/{entry_id}"
    if what == "zurueckstellen":
        note = {"note": form.text("note", limit=500)}
        return await act(
            request, OWNER, BOOK, "POST", f"{path}/set-aside", back=_back(form), json=note, good=_("The payment was set aside."),
        )  # fmt: skip
    return await act(
        request, OWNER, BOOK, "POST", f"{path}/reopen", back=_back(form), good=_("Taken back. The payment waits to be assigned again."),
    )  # fmt: skip

"""What portal pages share: whose session it is, what it may see, and the frame of its pages."""

from collections import Counter
from collections.abc import Sequence
from contextvars import ContextVar
from functools import lru_cache
from typing import Annotated, Any, NoReturn

import asyncpg
import orjson
from fastapi import Path, Request

from kontor_edge.edge import edge_of
from kontor_edge.query import IdentitySilent, call_view
from kontor_edge.sessions import session_hash
from kontor_service.errors import Forbidden, Problem, Unauthorized
from kontor_service.i18n import LANGUAGES, N_, Language, negotiate, speak
from kontor_service.i18n import gettext as _
from kontor_web import Link, PageContext
from kontor_web.pages import chosen_language

# Whose page is made: the language that the browser chose counts where the session has no account to keep one.
_asked: ContextVar[Request] = ContextVar("kontor_portal_request")
Slug = Annotated[str, Path(pattern=r"^[a-z0-9-]{2,40}$")]


class LoggedOut(Unauthorized):
    """The browser has no session for this portal, or it is over."""

    code, title = "session_ended", N_("Please log in.")


class PortalClosed(Forbidden):
    code, title = "portal_off", N_("This portal is switched off.")
    # The detail is a sentence in the reader's language.
    for_people = True


async def query_view(request: Request, function: str, /, **arguments: Any) -> asyncpg.Record:
    """The one row that a function answers for this browser's session at the portal of the address; it takes
    (asked_hash, asked_slug, at) besides.

    Raises LoggedOut, PortalClosed, IdentitySilent; Unavailable where the database does not answer.
    """
    slug: str = request.path_params["slug"]
    known = session_hash(request, slug)
    if not known:
        raise LoggedOut
    record = await call_view(
        request, function, asked_hash=known, asked_slug=slug, at=edge_of(request).clock.now(), **arguments
    )
    if record is None:
        raise LoggedOut
    _asked.set(request)
    # Error pages want to know whose page it was.
    request.state.record = record
    if record["state"] != "open":
        _refuse(record)
    edge_of(request).activity.seen(request, orjson.loads(record["session"]))
    return record


async def current_reader(request: Request) -> asyncpg.Record:
    """Whose session this is, for what needs nothing else of the copy."""
    return await query_view(request, "reader")


def _refuse(record: asyncpg.Record) -> NoReturn:
    page_context(record)
    if record["state"] == "closed":
        raise PortalClosed(_("This portal is switched off at the moment."))
    raise IdentitySilent(_("Your access cannot be checked right now. Please try again in a few minutes."))


async def merchant_of(request: Request, problem: Problem) -> dict[str, Any] | None:
    """The merchant of a link that identity refused, also if the portal is off; None if the refusal names no merchant."""
    slug = problem.params.get("slug")
    return await query_portal(request, slug, closed=True) if slug else None


async def query_portal(request: Request, slug: str, *, closed: bool = False) -> dict[str, Any] | None:
    """What the portal's public pages show of the merchant; None where there is no such portal, or it is off unless `closed`."""
    record = await call_view(request, "portal", asked_slug=slug)
    if record is None or not (record["enabled"] or closed):
        return None
    merchant: dict[str, Any] = orjson.loads(record["merchant"])
    return merchant


def customer_names(customers: Sequence[dict[str, Any]]) -> dict[str, str]:
    """What to call each customer of a log-in that has several, by id: with the number where two have one name. Empty for
    one customer: nobody wonders whose it is."""
    if len(customers) < 2:
        return {}
    many = Counter(customer["name"] for customer in customers)
    return {c["id"]: c["name"] if many[c["name"]] == 1 else f"{c['name']} ({c['number']})" for c in customers}


def page_context(
    record: asyncpg.Record, section: str = "", *, live: str | None = None, count: int | None = None
) -> PageContext:
    """The frame of a private page, from what its function answered. From here on `_` speaks to its reader. `count` stands
    beside the entry of a section whose page counts by itself."""
    found = _context(record["merchant"], record["session"], section, live, chosen_language(_asked.get()), count)
    speak(found.language, found.time_zone)
    return found


@lru_cache(2048)
def _context(
    merchant_json: str, session_json: str, section: str, live: str | None, chosen: str, count: int | None
) -> PageContext:
    merchant, session = orjson.loads(merchant_json), orjson.loads(session_json)
    language = session["language"] if session["language"] in LANGUAGES else merchant["language"]
    account = "account" in session["rights"]
    if chosen and not account:
        language = chosen
    speak(language, merchant["time_zone"])
    base = f"/{merchant['slug']}"
    sections = [one for one in session["sections"] if one["path"] or not session["document_id"]]
    return PageContext(
        **_face(merchant, language),
        home=base,
        me=session["name"] or session["email"] or _("Your access"),
        me_url=f"{base}/konto",
        nav=tuple(_entry(base, entry, section, count) for entry in sections),
        footer=_footer(merchant) if account else (*_footer(merchant), _other_language(language)),
        live=live,
        preview=_preview_of(session, merchant),
    )


def _preview_of(session: dict[str, Any], merchant: dict[str, Any]) -> str:
    """As whom staff preview this page; empty for everybody else."""
    return (session["name"] or merchant["name"]) if session["kind"] == "preview" else ""


def _entry(base: str, entry: dict[str, Any], section: str, count: int | None) -> Link:
    label: str = entry["label"]
    shown = count if entry["count"] is None else entry["count"]
    return Link(_(label), base + entry["path"], current=entry["name"] == section, count=shown or None)


def public_page_context(request: Request, merchant: dict[str, Any] | None) -> PageContext:
    """The frame of a page that anybody may see; of Kontor's own where no merchant is known."""
    language = reader_language(request, merchant["language"] if merchant else "de")
    speak(language)
    if merchant is None:
        return PageContext(language=language)
    footer = (*_footer(merchant), _other_language(language))
    return PageContext(**_face(merchant, language), home=f"/{merchant['slug']}", footer=footer)


def _other_language(language: str) -> Link:
    return Link("Deutsch", "?language=de") if language == "en" else Link("English", "?language=en")


def reader_language(request: Request, default: Language = "de") -> str:
    """Asked for in the address, chosen before, or wished by the browser."""
    return chosen_language(request) or negotiate(request.headers.get("accept-language"), default)


def _footer(merchant: dict[str, Any]) -> tuple[Link, ...]:
    return tuple(Link(link["label"], link["url"]) for link in merchant["footer"])


def _face(merchant: dict[str, Any], language: str) -> dict[str, Any]:
    return {
        "language": language,
        "time_zone": merchant["time_zone"],
        "brand": merchant["name"],
        "logo": f"/{merchant['slug']}/logo/{merchant['logo']}" if merchant["logo"] else None,
        "accent": merchant["accent"] or None,
    }


def known_page_context(request: Request) -> PageContext:
    """For error pages: whose page it is as far as that was found out."""
    found: PageContext | None = getattr(request.state, "page_context", None)
    record: asyncpg.Record | None = getattr(request.state, "record", None)
    if found is None and record is not None:
        found = page_context(record)
    return found or PageContext(language=reader_language(request))

"""Whose page it is and who reads it, as the layouts want to know it."""

from functools import lru_cache
from typing import Any

import asyncpg
import orjson
from fastapi import Request

from kontor_service.i18n import LANGUAGES, Language, negotiate, speak
from kontor_service.i18n import gettext as _
from kontor_web import Link, Look

LANGUAGE_COOKIE = "__Host-kontor-language"


def look_of(record: asyncpg.Record, section: str = "", *, live: str | None = None) -> Look:
    """The look of a private page, from what its function answered."""
    return _look(record["merchant"], record["session"], section, live)


@lru_cache(2048)
def _look(merchant_json: str, session_json: str, section: str, live: str | None) -> Look:
    merchant, session = orjson.loads(merchant_json), orjson.loads(session_json)
    language = session["language"] if session["language"] in LANGUAGES else merchant["language"]
    speak(language, merchant["time_zone"])
    base = f"/{merchant['slug']}"
    return Look(
        **_face(merchant, language),
        home=base,
        me=session["name"] or session["email"] or _("Your access"),
        me_url=f"{base}/konto",
        nav=tuple(_entry(base, entry, section) for entry in session["sections"]),
        footer=footer(merchant),
        live=live,
    )


def _entry(base: str, entry: dict[str, Any], section: str) -> Link:
    label: str = entry["label"]
    return Link(_(label), base + entry["path"], current=entry["name"] == section, count=entry["count"] or None)


def public_look(request: Request, merchant: dict[str, Any] | None) -> Look:
    """The look of a page that anybody may see; of Kontor's own where no merchant is known."""
    language = reader_language(request, merchant["language"] if merchant else "de")
    speak(language)
    if merchant is None:
        return Look(language=language)
    other = "en" if language == "de" else "de"
    switch = Link({"de": "Deutsch", "en": "English"}[other], f"?language={other}")
    return Look(**_face(merchant, language), home=f"/{merchant['slug']}", footer=(*footer(merchant), switch))


def reader_language(request: Request, default: Language = "de") -> str:
    """Asked for in the address, chosen before, or wished by the browser."""
    for wish in (request.query_params.get("language"), request.cookies.get(LANGUAGE_COOKIE)):
        if wish in LANGUAGES:
            return wish
    return negotiate(request.headers.get("accept-language"), default)


def footer(merchant: dict[str, Any]) -> tuple[Link, ...]:
    return tuple(Link(link["label"], link["url"]) for link in merchant["footer"])


def _face(merchant: dict[str, Any], language: str) -> dict[str, Any]:
    return {
        "language": language,
        "time_zone": merchant["time_zone"],
        "brand": merchant["name"],
        "logo": f"/{merchant['slug']}/logo/{merchant['logo']}" if merchant["logo"] else None,
        "accent": merchant["accent"] or None,
    }


def known_look(request: Request) -> Look:
    """For error pages: whose page it is as far as that was found out."""
    found: Look | None = getattr(request.state, "look", None)
    record: asyncpg.Record | None = getattr(request.state, "record", None)
    if found is None and record is not None:
        found = look_of(record)
    return found or Look(language=reader_language(request))

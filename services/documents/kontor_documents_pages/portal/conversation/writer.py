"""Who writes by a link that several people may have, as a firm's: the name that was given is kept for this session in this
browser, so that whoever opens the link next is asked for theirs.

The cookie is one that the writer asks for by writing, and so needs no consent (§ 25 Abs. 2 Nr. 2 TDDDG).
"""

from typing import Any
from urllib.parse import quote, unquote

import asyncpg
import orjson
from starlette.requests import Request
from starlette.responses import Response

from kontor_web.pages import set_cookie

_COOKIE = "__Host-kontor-writer"
_MOST = 120


def is_nobodys_link(record: asyncpg.Record, session: dict[str, Any]) -> bool:
    """Whether no person is known behind the session: a link of nobody in particular, or of a firm."""
    if session["kind"] != "link" or session["contact_id"]:
        return False
    customer = orjson.loads(record["customer"]) if record["customer"] else {}
    return not session["name"] or customer.get("kind") == "business"


def known_writer(request: Request, record: asyncpg.Record) -> str:
    """The name given in this session; empty where none was."""
    session_id, _dot, name = request.cookies.get(_COOKIE, "").partition(".")
    return unquote(name)[:_MOST] if session_id == orjson.loads(record["session"])["id"] else ""


def keep_writer(response: Response, record: asyncpg.Record, name: str) -> None:
    """As long as the browser is open, where the session is nobody's."""
    session = orjson.loads(record["session"])
    if name and is_nobodys_link(record, session):
        set_cookie(response, _COOKIE, f"{session['id']}.{quote(name, safe='')}")

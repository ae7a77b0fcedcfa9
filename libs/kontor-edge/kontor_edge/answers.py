"""Answers that are no pages: JSON with an ETag, and files."""

from hashlib import blake2b
from typing import Any
from urllib.parse import quote

import orjson
from fastapi import Request
from starlette.responses import Response

from kontor_service.media_types import safe_media_type

_HEADERS = {"cache-control": "private, no-cache", "vary": "Cookie"}
# What a browser shows by itself and cannot be made to run anything by: the rest is downloaded.
_SHOWN = frozenset({"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp", "text/plain"})


def json_answer(request: Request, body: bytes) -> Response:
    """200 with an ETag, or 304 where the client has just this.

    The tag is over the whole body: what versions, business date, rights and sort order say is in there.
    """
    tag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    headers = _HEADERS | {"etag": tag}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


def json_response(value: Any) -> Response:
    """JSON that nobody keeps."""
    return Response(orjson.dumps(value), media_type="application/json", headers={"cache-control": "no-store"})


def file_response(content: bytes, media_type: str, name: str, *, save: bool) -> Response:
    """To be shown where a browser may show this type and nobody wants to `save` it, else to be saved; what is not asked to
    be saved, without a type that the browser could take for a page."""
    kind = safe_media_type(media_type) if media_type in _SHOWN or save else "application/octet-stream"
    disposition = "inline" if kind in _SHOWN and not save else "attachment"
    headers = {
        "content-disposition": f"{disposition}; filename*=UTF-8''{quote(name, safe='', errors='replace')}",
        "cache-control": "private, no-store",
    }
    return Response(content, media_type=kind, headers=headers)

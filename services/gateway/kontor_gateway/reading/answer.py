"""JSON answers of the portal: the copy's own text, with an ETag over it."""

from hashlib import blake2b

from fastapi import Request
from starlette.responses import Response

_HEADERS = {"cache-control": "private, no-cache", "vary": "Cookie"}


def json_answer(request: Request, body: bytes) -> Response:
    """200 with an ETag, or 304 where the client has just this.

    The tag is over the whole body: what versions, business date, rights and sort order say is in there.
    """
    tag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    headers = _HEADERS | {"etag": tag}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)

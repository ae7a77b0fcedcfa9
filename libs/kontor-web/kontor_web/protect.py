"""The browser's side of security, as one cheap ASGI middleware: response headers, and unsafe requests only from our own pages."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kontor_service.errors import Forbidden, problem_response
from kontor_service.i18n import N_

_UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
_ALWAYS = [
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"),
]
# What is no page (PDF, JSON, pictures) may do nothing, and be framed by our own pages only.
_NO_PAGE = b"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"


# An unsafe request that another site's page made.
ForeignRequest = Forbidden.named("foreign_request", N_("This request came from another site."))


def page_policy(form_targets: tuple[str, ...] = (), *, framed_by: str = "'none'") -> str:
    """The Content-Security-Policy of pages. `form_targets`: origins a form may end at through a redirect (payment providers).

    A response that brings its own policy and x-frame-options keeps them.
    """
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "font-src 'self'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "frame-src 'self'",
            "object-src 'self'",
            "base-uri 'none'",
            f"frame-ancestors {framed_by}",
            " ".join(("form-action 'self'", *form_targets)),
        )
    )


class Protect:
    """`exempt`: path prefixes that other systems call (no origin is asked for). `public`: prefixes that may be cached.
    `secret_paths`: prefixes of addresses with a secret in them; their pages send no Referer at all.
    """

    def __init__(
        self,
        app: ASGIApp,
        exempt: tuple[str, ...] = (),
        public: tuple[str, ...] = ("/static/",),
        secret_paths: tuple[str, ...] = (),
        form_targets: tuple[str, ...] = (),
    ) -> None:
        self.app = app
        self.exempt = exempt
        self.public = public
        self.secret_paths = secret_paths
        self.page_headers = [
            (b"content-security-policy", page_policy(form_targets).encode()),
            (b"x-frame-options", b"DENY"),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path: str = scope["path"]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), *self._headers(path, message, scope)]}
            await send(message)

        if scope["method"] in _UNSAFE and not path.startswith(self.exempt) and is_foreign(Headers(scope=scope)):
            await problem_response(ForeignRequest())(scope, receive, send_with_headers)
        else:
            await self.app(scope, receive, send_with_headers)

    def _headers(self, path: str, message: Message, scope: Scope) -> list[tuple[bytes, bytes]]:
        present: dict[bytes, bytes] = dict(message.get("headers", ()))
        is_page = present.get(b"content-type", b"").startswith(b"text/html")
        found = list(_ALWAYS)
        if b"content-security-policy" not in present:
            found += self.page_headers if is_page else [(b"content-security-policy", _NO_PAGE)]
        found.append((b"referrer-policy", b"no-referrer" if path.startswith(self.secret_paths) else b"same-origin"))
        if b"cache-control" not in present and not path.startswith(self.public):
            found.append((b"cache-control", b"no-store"))
        if scope.get("scheme") == "https":
            found.append((b"strict-transport-security", b"max-age=31536000; includeSubDomains"))
        return found


def is_foreign(headers: Headers) -> bool:
    """Whether another site's page made this request. Browsers say so; what says nothing is no browser, or an old one,
    which the form's token stops."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    # A page that sends no Referer sends the origin "null".
    return origin not in (None, "null") and urlsplit(origin).netloc != headers.get("host")

"""Templates become responses: one environment per edge, strict about undefined names, escaping everything."""

import json
import re
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from importlib import resources
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from kontor_service import formats, i18n, vocabulary
from kontor_web.assets import Assets
from kontor_web.kept_parts import head, options
from kontor_web.kept_parts import query_with as changed_query
from kontor_web.page_context import Column, PageContext

# Whatever a preview could fill in or send, but for what says that it works there.
_CONTROLS = re.compile(r"<(button|input|select|textarea)\b(?![^>]*\s(?:disabled|data-in-preview))")
_LANGUAGE_COOKIE = "__Host-kontor-language"


@dataclass(slots=True)
class _Page:
    """The page being rendered. Macros reach it without being handed anything."""

    request: Request
    pages: "Pages"
    new_seed: str | None = None
    flashes: list[tuple[str, str]] = field(default_factory=list)

    @property
    def csrf_token(self) -> str:
        seed = self.request.cookies.get(self.pages.seed_cookie) or self.new_seed
        if seed is None:
            seed = self.new_seed = secrets.token_urlsafe(24)
        return csrf_token(seed)


_page: ContextVar[_Page] = ContextVar("kontor_web_page")


def csrf_token(seed: str) -> str:
    """What a form carries to show that it came from our page: a digest of a cookie that no other site can read or set."""
    return urlsafe_b64encode(sha256(f"kontor csrf {seed}".encode()).digest()[:18]).decode()


class _Environment(Environment):
    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """A plain dictionary: each page looks up every name in it, which Jinja's ChainMap makes slow."""
        return {**self.globals, **d} if d else self.globals


class Pages:
    """The pages of one edge: `<package>/templates`, `<package>/static`, on top of those here; and of the others
    whose pages it shows.

    `cookie_prefix` names the edge's cookies; with `__Host-` no other host and no plain connection can set them.
    """

    def __init__(self, package: str, *others: str, cookie_prefix: str) -> None:
        self.package = package
        self.seed_cookie = f"{cookie_prefix}-seed"
        self.flash_cookie = f"{cookie_prefix}-flash"
        self.assets = Assets(("kontor_web", package, *others))
        self.environment = _Environment(
            loader=ChoiceLoader([PackageLoader(name) for name in (package, *_with_templates(others), "kontor_web")]),
            autoescape=True,
            undefined=StrictUndefined,
            extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=-1,
        )
        self.environment.newstyle_gettext = True  # type: ignore[attr-defined]
        self.environment.globals |= {
            "gettext": _template_gettext,
            "ngettext": _template_ngettext,
            "_": _template_gettext,
            "say": vocabulary.say,
        }
        self.environment.filters |= _filters()
        self.environment.globals |= {
            "static": self.assets.url,
            "theme_url": self.assets.theme_url,
            "with_query": with_query,
            "options": options,
            "head": _head,
            "today": today,
            "csrf_token": lambda: _page.get().csrf_token,
            "flashes": lambda: _page.get().flashes,
            "query": lambda name, default="": _page.get().request.query_params.get(name, default),
            "instant": formats.instant,
            "seconds": lambda: f"{time.time():.3f}",
        }
        # Known to all templates: each import would compare all names of both.
        self.environment.globals["k"] = self.environment.get_template("kontor/parts.html").module

    def render(
        self,
        request: Request,
        template: str,
        page_context: PageContext,
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
        **context: Any,
    ) -> HTMLResponse:
        """The template as a response, in its reader's language and zone. Flashes that wait are shown once.

        `headers`: those of the `form`, if there is one, where none are given.
        """
        i18n.speak(page_context.language, page_context.time_zone)
        page = _Page(request, self, flashes=_read_flash(request.cookies.get(self.flash_cookie)))
        _page.set(page)
        html = self.environment.get_template(template).render(context=page_context, **context)
        if page_context.preview:
            html = _CONTROLS.sub(r"<\1 disabled", html)
        response = HTMLResponse(html, status, headers or getattr(context.get("form"), "headers", None))
        if request.query_params.get("language") in i18n.LANGUAGES:
            set_cookie(response, _LANGUAGE_COOKIE, request.query_params["language"], max_age=365 * 24 * 3600)
        if page.new_seed is not None:
            set_cookie(response, self.seed_cookie, page.new_seed)
        if page.flashes:
            response.delete_cookie(self.flash_cookie, secure=True, httponly=True, samesite="lax")
        return response

    def redirect(
        self,
        url: str,
        *,
        good: str | None = None,
        info: str | None = None,
        warn: str | None = None,
        bad: str | None = None,
    ) -> RedirectResponse:
        """303 to another page of ours, with something to say there."""
        response = RedirectResponse(url, 303)
        kinds = (("good", good), ("info", info), ("warn", warn), ("bad", bad))
        messages = [(kind, text[:600]) for kind, text in kinds if text]
        if messages:
            set_cookie(
                response, self.flash_cookie, urlsafe_b64encode(json.dumps(messages).encode()).decode(), max_age=60
            )
        return response


def _with_templates(packages: Iterable[str]) -> list[str]:
    return [name for name in packages if resources.files(name).joinpath("templates").is_dir()]


def set_cookie(response: Response, name: str, value: str, max_age: int | None = None) -> None:
    """Without `max_age` it lasts as long as the browser is open."""
    response.set_cookie(name, value, max_age=max_age, path="/", secure=True, httponly=True, samesite="lax")


def _read_flash(cookie: str | None) -> list[tuple[str, str]]:
    """Only the browser's own words come back here, and they are escaped like all others."""
    if not cookie:
        return []
    try:
        return [(str(kind), str(text)) for kind, text in json.loads(urlsafe_b64decode(cookie))]
    except (ValueError, TypeError):
        return []


def chosen_language(request: Request) -> str:
    """The language in the address's `language` parameter, or else in the cookie of an earlier choice; empty without both."""
    asked = (request.query_params.get("language"), request.cookies.get(_LANGUAGE_COOKIE))
    return next((language for language in asked if language in i18n.LANGUAGES), "")


def with_query(**changes: Any) -> str:
    """The query of the present address with some parameters set (None takes one away); cursors go unless given."""
    return query_with(_page.get().request, **changes)


def query_with(request: Request, **changes: Any) -> str:
    """As `with_query`, of a request."""
    return changed_query(tuple(request.query_params.multi_items()), tuple(changes.items()))


def _head(columns: Iterable[Column], sort: str, order: str) -> Markup:
    return head(tuple(columns), sort, order, tuple(_page.get().request.query_params.multi_items()))


def today() -> date:
    """The date in the reader's zone."""
    return datetime.now(formats.zone_of(i18n.reader().zone)).date()


def _template_gettext(message: str, **values: Any) -> Markup:
    """As Jinja's own, but what has no values is not formatted: that was most of the time of a page."""
    if not values:
        return _spoken(i18n.reader().language, message)
    return Markup(i18n.gettext(message)) % values  # noqa: S704 - our own words


@lru_cache(10_000)
def _spoken(language: str, message: str) -> Markup:
    text = str(i18n.translations(language).ugettext(message))
    return Markup(text.replace("%%", "%"))  # noqa: S704 - our own words


def _template_ngettext(one: str, many: str, count: int, **values: Any) -> Markup:
    text = str(i18n.translations(i18n.reader().language).ungettext(one, many, count))
    return Markup(text) % {"num": count, **values}  # noqa: S704 - our own words


def _filters() -> dict[str, Any]:
    """The formats, bound to whoever reads."""

    def language() -> str:
        return i18n.reader().language

    return {
        "money": lambda minor, currency: formats.money(minor, currency, language()),
        "typed": lambda minor, currency: formats.typed(minor, currency, language()),
        "day": lambda value: formats.day(value, language()),
        "short_day": lambda value: formats.short_day(value, language()),
        "typed_day": lambda text: formats.typed_day(text, language()),
        "moment": lambda value: formats.moment(value, language(), i18n.reader().zone),
        "lately": lambda value: formats.lately(value, language(), i18n.reader().zone),
        "ago": lambda value: formats.ago(value, language()),
        "percent": lambda value: formats.percent(value, language()),
        "number": lambda value: formats.number(value, language()),
        "bytes": lambda count: formats.size(count, language()),
    }

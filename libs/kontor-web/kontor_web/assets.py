"""Styles, scripts and fonts from our own address, under names that carry their content: cached for a year, never stale."""

import gzip
import re
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from importlib import resources
from importlib.resources.abc import Traversable

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from kontor_service.theme import HEX, theme
from kontor_web.fonts import font_faces, font_file

_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "woff2": "font/woff2",
}
_IMPORT = re.compile(rb"(\bfrom |\bimport\(|\bimport )\"\./([\w.-]+\.js)\"")
_YEAR = "public, max-age=31536000, immutable"
_THEME_EDITION = sha256(resources.files("kontor_service").joinpath("theme.py").read_bytes()).hexdigest()[:8]


@dataclass(frozen=True)
class Asset:
    name: str
    media_type: str
    content: bytes

    @cached_property
    def packed(self) -> bytes:
        return gzip.compress(self.content, 9, mtime=0)


class Assets:
    """What lies in the `static` folders of some packages; later ones win. `address` is where it is mounted."""

    def __init__(self, packages: tuple[str, ...], address: str = "/static/") -> None:
        self.address = address
        self._sources: dict[str, bytes] = {}
        for package in packages:
            folder = resources.files(package).joinpath("static")
            if folder.is_dir():
                self._sources |= {item.name: _read(item, address) for item in folder.iterdir() if item.is_file()}
        self._names: dict[str, str] = {}
        self.files: dict[str, Asset] = {}
        for name in sorted(self._sources):
            self._add(name)

    def _add(self, name: str) -> str:
        """A script's imports are renamed first, so that its own name changes when theirs do."""
        if name in self._names:
            return self._names[name]

        def renamed(found: re.Match[bytes]) -> bytes:
            return found[1] + b'"./' + self._add(found[2].decode()).encode() + b'"'

        content = _IMPORT.sub(renamed, self._sources[name])
        stem, _, kind = name.rpartition(".")
        hashed = f"{stem}.{sha256(content).hexdigest()[:10]}.{kind}"
        self._names[name] = hashed
        self.files[hashed] = Asset(hashed, _TYPES.get(kind, "application/octet-stream"), content)
        return hashed

    def url(self, name: str) -> str:
        """The address of a file by its plain name; KeyError where there is none."""
        return self.address + self._names[name]

    def theme_url(self, color: str) -> str:
        """The stylesheet that brings a merchant's colour (#rrggbb)."""
        return f"{self.address}theme/{color.removeprefix('#').lower()}.css?v={_THEME_EDITION}"


def _read(item: Traversable, address: str) -> bytes:
    content = item.read_bytes()
    if item.name.endswith(".css"):
        return content.replace(b"/* @font-faces */", font_faces(address).encode())
    return content


def theme_css(color: str) -> str:
    """A stylesheet that sets the accent tokens of kontor.css from one colour (#rrggbb; ValueError otherwise)."""
    light, dark = theme(color)
    tokens = " ".join(f"--{name}: light-dark({light[name]}, {dark[name]});" for name in light)
    return f":root {{ {tokens} }}\n"


def static_app(assets: Assets) -> ASGIApp:
    """An ASGI app to mount at `assets.address`: the files, the fonts, and `theme/<rrggbb>.css`."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        response = Response(status_code=405, headers={"allow": "GET, HEAD"})
        if scope["method"] in ("GET", "HEAD"):
            path: str = scope["path"].removeprefix(scope.get("root_path", "")).lstrip("/")
            response = await _found(assets, path.removeprefix(assets.address.lstrip("/")), _takes_gzip(scope))
        await response(scope, receive, send)

    return serve


def _takes_gzip(scope: Scope) -> bool:
    return any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"])


async def _found(assets: Assets, name: str, takes_gzip: bool) -> Response:
    if asset := assets.files.get(name):
        headers = {"cache-control": _YEAR, "vary": "Accept-Encoding"}
        if takes_gzip:
            return Response(asset.packed, media_type=asset.media_type, headers=headers | {"content-encoding": "gzip"})
        return Response(asset.content, media_type=asset.media_type, headers=headers)
    if name.startswith("theme/") and name.endswith(".css"):
        color = name[len("theme/") : -len(".css")]
        if HEX.match(color):
            return Response(theme_css(color), media_type=_TYPES["css"], headers={"cache-control": _YEAR})
    if name.endswith(".woff2") and (font := await run_in_threadpool(font_file, name)) is not None:
        return Response(font, media_type=_TYPES["woff2"], headers={"cache-control": _YEAR})
    return Response("Not found", status_code=404, media_type="text/plain")

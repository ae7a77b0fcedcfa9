"""File names and headers as they come, byte for byte: whatever they are, they are taken or refused, and no fault."""

from http.client import HTTPConnection
from urllib.parse import urlsplit

import httpx
import pytest

from .texts import TEXTS
from .world import World

# A line cannot carry the others.
TOLD = {name: text[:4_000].encode(errors="surrogatepass") for name, text in TEXTS.items()}
NAMES = TOLD | {
    "latin-1": "Übersicht März.pdf".encode("latin-1"), "quotes": rb'a\"b".pdf', "path": b"..\\..\\../etc/passwd",
    "percent": b"100%.pdf%00%ZZ", "nothing": b"",
}  # fmt: skip
CHARSETS = ("utf-16", "utf-7", "unicode_escape", "base64", "idna", "nonsense")
_PDF = b"%PDF-1.7\n"
# Edge or owner, address, the field of the file; and who comes in.
DOORS = [
    ("gateway", "/api/ingest/v1/documents", "file"), ("gateway", "/api/portal/v1/brunner/photos", "file"),
    ("gateway", "/brunner/zaehler/melden", "photo_{register_id}"), ("admin", "/hochladen", "file"),
    ("admin", "/hochladen/datei", "file"), ("admin", "/kunden/einlesen", "file"), ("admin", "/zaehler/dateien", "file"),
    ("admin", "/einstellungen/aussehen", "logo"), ("documents", "/v1/submissions", "file"),
]  # fmt: skip
HEADERS = (
    "X-Kontor-File-Name", "X-Kontor-Source", "Idempotency-Key", "Content-Type", "Accept", "Accept-Language", "User-Agent",
    "Cookie", "Authorization", "Referer", "Origin", "X-CSRF-Token", "traceparent", "tracestate", "X-Forwarded-For",
    "If-None-Match", "If-Modified-Since", "Range", "Sec-Fetch-Site", "X-Request-ID", "Last-Event-ID",
)  # fmt: skip


def let_in(world: World, part: str, path: str, anna: str) -> dict[str, str]:
    if part == "documents":
        return world.command(world.a.staff, part, "documents:submit")
    if path.startswith("/api/ingest"):
        return {"Authorization": f"Bearer {world.a.api_key}"}
    return world.form_headers(part, anna if part == "gateway" else world.a.staff)


def multipart(field: str, name: bytes, media_type: bytes = b"application/pdf") -> bytes:
    return (
        b'--x\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\nContent-Type: %s\r\n\r\n%s\r\n--x--\r\n'
        % (field.encode(), name, media_type, _PDF)
    )


def sent(
    world: World, part: str, path: str, headers: dict[str, str], body: bytes, charset: str = "utf-8"
) -> httpx.Response:
    typed = {"Content-Type": f"multipart/form-data; boundary=x; charset={charset}", "Accept": "text/html"}
    # One that was refused before it was read leaves its connection unusable.
    typed["Connection"] = "close"
    return world.http.post(world.url(part, path), headers=headers | typed, content=body)


@pytest.mark.parametrize(("part", "path", "field"), DOORS)
def test_any_name_of_a_file_is_answered(world: World, anna: str, part: str, path: str, field: str) -> None:
    headers, named = let_in(world, part, path, anna), field.format(**world.a.ids)
    bodies = [(name, multipart(named, text), "utf-8") for name, text in NAMES.items()]
    bodies += [(f"type {name}", multipart(named, b"a.pdf", text), "utf-8") for name, text in TOLD.items()]
    bodies += [(charset, multipart(named, rb"a\ud800b.pdf"), charset) for charset in CHARSETS]
    answers = {name: sent(world, part, path, headers, body, charset) for name, body, charset in bodies}
    wrong = {name: (answer.status_code, answer.text[:200]) for name, answer in answers.items()
             if answer.status_code >= 500 or answer.status_code in (401, 403) or "x-injected" in answer.headers}  # fmt: skip
    assert wrong == {}


@pytest.mark.parametrize(
    ("part", "method", "path"),
    [("gateway", "POST", "/api/ingest/v1/documents"), ("gateway", "GET", "/brunner"), ("admin", "GET", "/"),
     ("admin", "POST", "/konto/sprache"), ("gateway", "POST", "/webhooks/sandbox/01890000-0000-7000-8000-000000000000"),
     ("documents", "POST", "/v1/submissions")],
)  # fmt: skip
def test_any_value_of_a_header_is_answered(world: World, anna: str, part: str, method: str, path: str) -> None:
    headers, wrong = let_in(world, part, path, anna), {}
    for header in HEADERS:
        for name, value in NAMES.items():
            told = {**headers, header: value.replace(b"\r\n", b"\r\n ")}
            status, injected = answered(world, part, method, path, told)
            if status >= 500 or injected:
                wrong[header, name] = status
    assert wrong == {}


def answered(
    world: World, part: str, method: str, path: str, headers: dict[str, str] | dict[str, bytes]
) -> tuple[int, bool]:
    """The status of the answer, and whether a header of ours became one of it."""
    connection = HTTPConnection(urlsplit(world.url(part)).netloc, timeout=60)
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.putheader("Content-Length", "4")
        connection.endheaders(b"<a/>")
        answer = connection.getresponse()
        return answer.status, answer.getheader("x-injected") is not None
    finally:
        connection.close()

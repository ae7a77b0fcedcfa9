"""Hostile files and bodies through the public door: refused soon, with the field named, and everything goes on."""

import io
import socket
import threading
import time
import zlib
from typing import Any

import httpx
import pikepdf
import pytest

from .conftest import invoice
from .world import World, until

_SOON = 20.0
_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + "]><Invoice>&a9;</Invoice>"
)
_XXE = (
    '<?xml version="1.0"?><!DOCTYPE i [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    '<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"><ID>&x;</ID></Invoice>'
)
_NET = (
    '<?xml version="1.0"?><!DOCTYPE i SYSTEM "http://127.0.0.1:1/x.dtd">'
    '<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>'
)
_DEEP_XML = "<a>" * 200_000 + "</a>" * 200_000
_UTF7 = '<?xml version="1.0" encoding="UTF-7"?>+ADw-a+AD4-'


def _bomb() -> bytes:
    """A PDF whose one stream unpacks to 200 MB."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b"\0" * 1_000_000) for _ in range(200)) + packer.flush()
    stream = pikepdf.Stream(pdf, packed)
    stream.stream_dict = pikepdf.Dictionary()
    stream.write(packed, filter=pikepdf.Name.FlateDecode)
    names = pikepdf.Dictionary(
        Type=pikepdf.Name.Filespec, F="factur-x.xml", UF="factur-x.xml", AFRelationship=pikepdf.Name.Data
    )
    names.EF = pikepdf.Dictionary(F=pdf.make_indirect(stream), UF=pdf.make_indirect(stream))
    entry = pdf.make_indirect(names)
    pdf.Root.AF = pikepdf.Array([entry])
    pdf.Root.Names = pikepdf.Dictionary(EmbeddedFiles=pikepdf.Dictionary(Names=pikepdf.Array(["factur-x.xml", entry])))
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


HOSTILE: dict[str, tuple[str, bytes]] = {
    "a billion laughs": ("application/xml", _LAUGHS.encode()),
    "an entity that reads a file": ("application/xml", _XXE.encode()),
    "a type definition from the network": ("application/xml", _NET.encode()),
    "deep XML": ("application/xml", _DEEP_XML.encode()),
    "XML in an odd encoding": ("application/xml", _UTF7.encode()),
    "broken XML": ("application/xml", b"<Invoice><ID>"),
    "a PDF that says it is XML": ("application/xml", b"%PDF-1.7\nnot really"),
    "a broken PDF": ("application/pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer<</Root 1 0 R>>"),
    "a program": ("application/pdf", b"MZ" + b"\0" * 500),
    "a page": ("text/html", b"<html><script>alert(1)</script></html>"),
    "an archive": ("application/zip", b"PK\x03\x04" + b"\0" * 500),
    "nothing": ("application/pdf", b""),
    "deep JSON": ("application/json", b"[" * 200_000),
    "deep JSON in a field": ("application/json", b'{"lines":' * 50_000),
    "a number without end": ("application/json", b'{"prepaid": ' + b"9" * 100_000 + b"}"),
    "no JSON at all": ("application/json", b"\xff\xfe{"),
    "JSON that is no object": ("application/json", b'["a"]'),
    "a huge exponent": ("application/json", b'{"issue_date":"2026-01-01","lines":[{"name":"x","net_price":"1E+999999"}]}'),
}  # fmt: skip


def hand_in(world: World, **sent: Any) -> httpx.Response:
    key = {"Authorization": f"Bearer {world.b.api_key}"}
    return world.http.post(
        world.url("gateway", "/api/ingest/v1/documents"), headers=key | sent.pop("headers", {}), timeout=60, **sent
    )


def refused(world: World, answer: httpx.Response) -> dict[str, Any]:
    """The problem: at once, or as what became of the submission."""
    assert answer.status_code < 500, answer.text
    if answer.status_code == 202:
        key = {"Authorization": f"Bearer {world.b.api_key}"}

        def ended() -> dict[str, Any] | None:
            found: dict[str, Any] = world.http.get(answer.json()["status_url"], headers=key).json()
            return found if found["status"] != "accepted" else None

        status = until(ended, within=_SOON)
        assert status["status"] == "rejected", status
        problem: dict[str, Any] = status["error"]
        return problem
    assert answer.headers["content-type"] == "application/problem+json"
    at_once: dict[str, Any] = answer.json()
    return at_once


def healthy(world: World) -> None:
    for part in ("gateway", "documents"):
        assert world.http.get(world.url("management", f"/{part}/health/ready"), timeout=5).json()["ready"]


@pytest.mark.parametrize("what", sorted(HOSTILE))
def test_it_is_refused_soon_and_named(world: World, what: str) -> None:
    media_type, content = HOSTILE[what]
    began = time.monotonic()
    problem = refused(world, hand_in(world, content=content, headers={"Content-Type": media_type}))
    assert time.monotonic() - began < _SOON
    assert 400 <= problem["status"] < 500, problem
    assert problem["code"] != "http_error", problem
    assert problem.get("field") or problem.get("errors"), problem
    assert "root:" not in str(problem)
    healthy(world)


def test_a_bomb_in_a_pdf_does_not_go_off(world: World) -> None:
    content = _bomb()
    assert len(content) < 1_000_000
    problem = refused(world, hand_in(world, content=content, headers={"Content-Type": "application/pdf"}))
    assert 400 <= problem["status"] < 500, problem
    assert problem.get("field"), problem
    healthy(world)


def test_too_many_bytes_are_not_read(world: World) -> None:
    """With a length that says so, and without one."""
    big = b"%PDF-1.7\n" + b"\0" * (25 * 1024 * 1024)
    answer = hand_in(world, content=big, headers={"Content-Type": "application/pdf"})
    assert (answer.status_code, answer.json()["field"]) == (413, "file"), answer.text

    def pieces() -> Any:
        for start in range(0, len(big), 1 << 20):
            yield big[start : start + (1 << 20)]

    try:
        answer = hand_in(world, content=pieces(), headers={"Content-Type": "application/pdf"})
    except (httpx.WriteError, httpx.RemoteProtocolError):
        # Hung up on while still sending.
        healthy(world)
        return
    assert (answer.status_code, answer.json()["field"]) == (413, "file"), answer.text
    healthy(world)


def test_a_form_with_a_thousand_parts_is_refused(world: World) -> None:
    parts = [("file", (f"{n}.pdf", b"%PDF-1.7", "application/pdf")) for n in range(1000)]
    problem = refused(world, hand_in(world, files=parts))
    assert problem["status"] in (400, 413, 422), problem
    fields = {f"f{n}": "x" for n in range(1000)}
    problem = refused(world, hand_in(world, data=fields, files={"file": ("a.pdf", b"%PDF-1.7", "application/pdf")}))
    assert problem["status"] in (400, 413, 422), problem
    for content_type in ("multipart/form-data", "multipart/form-data; boundary=x"):
        problem = refused(world, hand_in(world, content=b"--y\r\n\r\n", headers={"Content-Type": content_type}))
        assert problem["status"] in (400, 422), problem
    healthy(world)


@pytest.mark.parametrize(
    "path", ["/api/ingest/v1/customers", "/api/ingest/v1/payments", "/api/portal/v1/zweitwerk/documents/x/checkouts"]
)
def test_json_for_other_doors_is_bounded_too(world: World, path: str) -> None:
    path = path.replace("/x/", f"/{world.b.ids['document_id']}/")
    headers = {
        "Authorization": f"Bearer {world.b.api_key}",
        "Content-Type": "application/json",
        "Cookie": world.b.ids["cookie"],
    }
    for content in (b"[" * 100_000, b'{"a":' * 50_000, b"{", b"\xff", b'"' + b"x" * (30 * 1024 * 1024) + b'"'):
        answer = world.http.post(world.url("gateway", path), headers=headers, content=content, timeout=60)
        assert 400 <= answer.status_code < 500, (content[:20], answer.status_code, answer.text[:300])
    healthy(world)


def test_an_attachment_elsewhere_is_not_fetched(world: World) -> None:
    """Nobody can make the platform call an address: only who reads the document may follow the link of an attachment."""
    calls: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as trap:
        trap.settimeout(0.2)
        ended = threading.Event()

        def listen() -> None:
            while not ended.is_set():
                try:
                    connection, _ = trap.accept()
                except TimeoutError:
                    continue
                calls.append(connection.recv(200))
                connection.close()

        listener = threading.Thread(target=listen)
        listener.start()
        address = f"http://127.0.0.1:{trap.getsockname()[1]}/latest/meta-data"
        data = invoice("ZW-SSRF", "B-1", attachments=[{"id": "1", "url": address, "file_name": "a.pdf"}])
        data["shipping"] = {"carrier": "DHL", "tracking_number": "1", "tracking_url": address}
        try:
            document = world.submit(world.b, data)
            cookie = world.opened(document["portal_url"])
            page = world.call("gateway", "GET", f"/{world.b.slug}/dokumente/{document['id']}", cookie=cookie)
            world.call("admin", "GET", f"/dokumente/{document['id']}", cookie=world.b.staff)
            until(lambda: any("ZW-SSRF" in mail["subject"] + mail["text"] for mail in world.messages()))
        finally:
            ended.set()
            listener.join()
    assert page.status_code == 200
    assert calls == []
    assert f'<a href="{address}" rel="noopener noreferrer">' in page.text

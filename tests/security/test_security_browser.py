"""What a browser is told and what it may not be made to do: headers, cookies, forms of other sites, other people's HTML."""

import io
import re
from typing import Any

import httpx
import pikepdf
import pytest

from kontor_identity.fields import RESERVED_SLUGS
from kontor_identity_pages.log_in import next_page

from .conftest import invoice
from .world import World, until

_HOSTILE = '"><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}${7*7}<b>fett</b>'
_PRIVATE = [
    ("gateway", "/brunner"), ("gateway", "/brunner/dokumente"), ("gateway", "/brunner/dokumente/{document_id}"),
    ("gateway", "/brunner/dokumente/{document_id}/bezahlen"), ("gateway", "/brunner/dokumente/{document_id}/ueberweisung"),
    ("gateway", "/brunner/konto"), ("admin", "/"), ("admin", "/dokumente"), ("admin", "/dokumente/{document_id}"),
    ("admin", "/kunden"), ("admin", "/kunden/{customer_id}"), ("admin", "/mails"), ("admin", "/zahlungen"),
    ("admin", "/einstellungen/schluessel"), ("admin", "/hochladen"), ("admin", "/freigabe"),
]  # fmt: skip
_PUBLIC = [
    ("gateway", "/brunner/anmelden"), ("gateway", "/brunner/code"), ("gateway", "/brunner/passwort-vergessen"),
    ("gateway", "/l/nothing"), ("gateway", "/einladung/nothing"), ("gateway", "/passwort/nothing"), ("gateway", "/nowhere/x"),
    ("admin", "/anmelden"), ("admin", "/passwort-vergessen"), ("admin", "/passwort/nothing"), ("admin", "/nowhere"),
]  # fmt: skip


@pytest.mark.parametrize(("edge", "path"), [*_PRIVATE, *_PUBLIC])
def test_pages_forbid_what_they_do_not_need(world: World, anna: str, edge: str, path: str) -> None:
    cookie = anna if edge == "gateway" else world.a.staff
    answer = world.call(edge, "GET", path.format(**world.a.ids), cookie=cookie if (edge, path) in _PRIVATE else "")
    assert (answer.status_code == 200) or (edge, path) in _PUBLIC, answer.status_code
    headers = answer.headers
    policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
    assert "unsafe" not in str(policy)
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert "'self'" in policy["form-action"]
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    secret = path.startswith(("/l/", "/einladung/", "/passwort/"))
    assert headers["referrer-policy"] == ("no-referrer" if secret else "same-origin")
    # Nothing in the page that the policy would have to allow.
    assert not re.search(r"<script(?![^>]*\ssrc=)[^>]*>|\son\w+=|\sstyle=|javascript:", answer.text, re.IGNORECASE)
    assert not re.findall(
        r"(?:src|href)=\"(?:https?:)?//(?!localhost|brunner-haustechnik\.example|www\.dhl\.de)", answer.text
    )


def test_private_json_is_kept_by_no_shared_cache(world: World, anna: str) -> None:
    for path in ("documents", "overview", "session", f"documents/{world.a.ids['document_id']}"):
        headers = world.call("gateway", "GET", f"/api/portal/v1/brunner/{path}", cookie=anna).headers
        assert headers["cache-control"] == "private, no-cache"
        assert "cookie" in headers["vary"].lower()


def test_files_can_run_nothing(world: World, anna: str) -> None:
    path = f"/brunner/dokumente/{world.a.ids['document_id']}/datei/{world.a.ids['file_id']}"
    headers = world.call("gateway", "GET", path, cookie=anna).headers
    assert "script" not in headers["content-security-policy"]
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] in ("no-store", "private, no-store")


@pytest.mark.parametrize("who", ["customer", "staff", "link"])
def test_session_cookies_are_out_of_reach(world: World, who: str) -> None:
    part, path, form = {
        "customer": ("gateway", "/brunner/anmelden", world.run["customer"]),
        "staff": ("admin", "/anmelden", world.run["merchant"]),
        "link": ("gateway", httpx.URL(world.run["customer"]["link"]).path, {}),
    }[who]
    answer = world.call(part, "POST", path, form={k: v for k, v in form.items() if k != "link"})
    cookies = answer.headers.get_list("set-cookie")
    assert cookies
    for cookie in cookies:
        attributes = {one.strip().lower() for one in cookie.split(";")[1:]}
        assert cookie.startswith("__Host-kontor-")
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= attributes
        assert not any(one.startswith("domain") for one in attributes)
    # The token is in no later address.
    assert httpx.URL(world.run["customer"]["link"]).path.rpartition("/")[2] not in answer.headers["location"]


_FORMS = [
    ("gateway", "/brunner/anmelden", {"email": "a@b.example", "password": "x"}), ("gateway", "/brunner/abmelden", {}),
    ("gateway", "/brunner/konto/sprache", {"language": "de"}), ("gateway", "/brunner/dokumente/{document_id}/bezahlen", {"method": "card"}),
    ("gateway", "/l/nothing", {}), ("gateway", "/brunner/code", {"email": "a@b.example"}), ("gateway", "/einladung/nothing", {}),
    ("gateway", "/brunner/passwort-vergessen", {"email": "a@b.example"}),
    ("admin", "/anmelden", {"email": "a@b.example", "password": "x"}), ("admin", "/konto/sprache", {"language": "de"}),
    ("admin", "/dokumente/{document_id}/bezahlt", {}), ("admin", "/einstellungen/schluessel", {"name": "n", "scopes": "events:read"}),
    ("admin", "/kunden/neu", {"name": "n", "number": "1"}), ("admin", "/hochladen/datei", {}), ("admin", "/freigabe/alle", {}),
]  # fmt: skip


@pytest.mark.parametrize(("edge", "path", "form"), _FORMS)
def test_a_form_that_is_not_ours_does_nothing(
    world: World, anna: str, edge: str, path: str, form: dict[str, str]
) -> None:
    cookie, path = (anna if edge == "gateway" else world.a.staff), path.format(**world.a.ids)
    seed = f"{cookie}; __Host-kontor-{edge}-seed=mine"
    for sent, cookies in (
        (form, cookie),
        (form, seed),
        (form | {"csrf": "wrong"}, seed),
        (form | {"csrf": ""}, cookie),
    ):
        answer = world.call(edge, "POST", path, cookie=cookies, data=sent)
        assert answer.status_code == 403, (sent, answer.status_code)
    for foreign in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
    ):
        answer = world.call(edge, "POST", path, cookie=cookie, form=form, headers=foreign)
        assert answer.status_code == 403, foreign


def test_json_of_another_site_pays_nothing(world: World, anna: str) -> None:
    path = f"/api/portal/v1/brunner/documents/{world.a.ids['document_id']}/checkouts"
    for foreign in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        answer = world.call("gateway", "POST", path, cookie=anna, json={"method": "card"}, headers=foreign)
        assert answer.status_code == 403
    # Nor a form that pretends to be one: browsers send these types without asking.
    for media_type in ("text/plain", "application/x-www-form-urlencoded", ""):
        headers = {"Content-Type": media_type} if media_type else {}
        answer = world.call("gateway", "POST", path, cookie=anna, content=b'{"method":"card"}', headers=headers)
        assert answer.status_code in (415, 422), answer.text


ELSEWHERE = (
    "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "http:evil.example",
    "/brunner/\r\nSet-Cookie: a=b", "/%09/evil.example", "///evil.example", " //evil.example", "/brunner\\..\\..//evil.example",
)  # fmt: skip


def stays(base: str, location: str) -> bool:
    there = httpx.URL(base).join(location)
    return there.host == "localhost" and there.scheme == "http" and "\n" not in location and "\\" not in location


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_the_way_back_after_log_in_leads_nowhere_else(wanted: str) -> None:
    assert stays("http://localhost/", next_page("/brunner", wanted))
    assert stays("http://localhost/", next_page("", wanted))


@pytest.mark.parametrize("wanted", ["//evil.example", "/brunner/\r\nSet-Cookie: a=b"])
def test_log_in_leads_nowhere_else(world: World, wanted: str) -> None:
    customer, staff = world.run["customer"], world.run["merchant"]
    people = (
        (
            "gateway",
            "/brunner/anmelden",
            {"email": customer["email"], "password": customer["password"], "next": wanted},
        ),
        ("admin", "/anmelden", {"email": staff["email"], "password": staff["password"], "next": wanted}),
    )
    for edge, path, form in people:
        answer = world.call(edge, "POST", path, form=form)
        assert answer.status_code == 303
        assert stays(world.url(edge, path), answer.headers["location"])
        assert "a" not in {cookie.partition("=")[0] for cookie in answer.headers.get_list("set-cookie")}


@pytest.mark.parametrize(
    "word",
    sorted(
        {
            "checkout",
            "language",
            "admin",
            *(f"{edge}-{kind}" for edge in ("admin", "gateway") for kind in ("seed", "flash")),
        }
    ),
)
def test_no_portals_session_shares_a_cookie_with_the_platform(word: str) -> None:
    """A portal's session is in __Host-kontor-<slug>."""
    assert word in RESERVED_SLUGS


def test_a_checkout_comes_back_to_the_portal_whatever_is_asked(world: World, anna: str) -> None:
    path = f"/api/portal/v1/brunner/documents/{world.a.ids['document_id']}/checkouts"
    body = {"method": "card", "return_url": "https://evil.example/", "cancel_url": "https://evil.example/"}
    answer = world.call("gateway", "POST", path, cookie=anna, json=body)
    assert answer.status_code in (200, 201, 422), answer.text
    urls = world.rows("payments", "SELECT row_to_json(c)::text AS text FROM checkout c")
    assert urls
    assert not any("evil.example" in row["text"] for row in urls)


def _hostile_invoice() -> dict[str, Any]:
    text = _HOSTILE
    party = {"name": text, "address": {"line1": text, "city": text, "post_code": "86150"}, "contact": {"name": text}}
    line = {
        "name": text, "description": text, "note": text, "quantity": "1", "unit": "LS", "net_price": "100.00", "tax_rate": "19",
        "seller_item_id": text, "attributes": [[text, text]],
    }  # fmt: skip
    return invoice(
        "<i>ZW</i>-'\"-&amp;-1", "B-7", title=text, lines=[line], introduction=text, closing=text, payment_terms=text,
        notes=[["AAI", text]], buyer=party, buyer_reference=text, external_id="hostile-1",
        references=[{"kind": "contract", "number": text}],
        shipping={"carrier": text, "tracking_number": text, "tracking_url": "javascript:alert(3)"},
        attachments=[{"id": "1", "file_name": text, "description": text, "url": "http://127.0.0.1:1/secret"}],
    )  # fmt: skip


@pytest.fixture(scope="module")
def hostile(world: World) -> dict[str, str]:
    """A document full of markup of a customer whose names are markup too, shared and opened by link."""
    contact = {"name": _HOSTILE, "email": "opfer@hostile.example", "function": _HOSTILE[:90]}
    body = {
        "name": _HOSTILE, "kind": "business", "email": "opfer@hostile.example", "contacts": [contact],
        "address": {"line1": _HOSTILE, "line2": _HOSTILE, "city": _HOSTILE, "post_code": "1"},
    }  # fmt: skip
    customer = world.act(world.b, "identity", "customers:edit", "PUT", "/v1/customers/by-number/B-7", json=body)["id"]
    document = world.submit(world.b, _hostile_invoice())
    assert document["state"] == "shared", document
    path = f"/v1/customers/{customer}/documents/{document['id']}/link"
    link = world.act(world.b, "identity", "customers:edit", "GET", path)["url"]
    return {"customer_id": customer, "document_id": document["id"], "cookie": world.opened(link)}


def harmless(html: str) -> None:
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert "<b>fett</b>" not in html
    assert "<i>ZW</i>" not in html
    assert not re.search(r"(href|src|action)=[\"']?\s*javascript:", html, re.IGNORECASE)
    # What looks like a template is text.
    assert "{{7*7}}" in html or "fett" not in html


def test_a_hostile_document_is_text_in_the_portal(world: World, hostile: dict[str, str]) -> None:
    path = f"/{world.b.slug}/dokumente"
    shown = 0
    for page in (
        path,
        f"{path}/{hostile['document_id']}",
        f"{path}/{hostile['document_id']}/bezahlen",
        f"{path}?q=%3Cscript%3Ealert(2)",
    ):
        answer = world.call("gateway", "GET", page, cookie=hostile["cookie"])
        assert answer.status_code == 200
        harmless(answer.text)
        shown += "&lt;script&gt;" in answer.text
    assert shown >= 2


def test_a_hostile_document_is_text_in_the_list_of_an_account(world: World, hostile: dict[str, str]) -> None:
    """The list page of a whole customer has a renderer of its own."""
    link = world.act(world.b, "identity", "customers:edit", "GET", f"/v1/customers/{hostile['customer_id']}/link")[
        "url"
    ]
    cookie = world.opened(link)
    for page in (f"/{world.b.slug}", f"/{world.b.slug}/dokumente", f"/{world.b.slug}/konto"):
        answer = world.call("gateway", "GET", page, cookie=cookie)
        assert answer.status_code == 200
        harmless(answer.text)


def test_a_hostile_document_is_text_in_the_admin(world: World, hostile: dict[str, str]) -> None:
    document, customer = hostile["document_id"], hostile["customer_id"]
    until(lambda: "hostile.example" in world.call("admin", "GET", "/mails", cookie=world.b.staff).text)
    pages = (
        "/", "/dokumente", f"/dokumente/{document}", f"/dokumente/{document}/teilen", f"/dokumente/{document}/buchen", "/kunden",
        f"/kunden/{customer}", f"/kunden/{customer}/bearbeiten", f"/dokumente/{document}/zuordnen?q=%22%3E%3Cscript%3Ealert(1)",
        "/mails", "/hochladen", "/freigabe", "/zahlungen", "/kunden?q=%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E",
    )  # fmt: skip
    for page in pages:
        answer = world.call("admin", "GET", page, cookie=world.b.staff)
        assert answer.status_code == 200, (page, answer.status_code)
        harmless(answer.text)


def test_a_hostile_document_is_text_in_the_mail_and_adds_no_header(world: World, hostile: dict[str, str]) -> None:
    mail = until(lambda: next((m for m in world.messages() if "opfer@hostile.example" in str(m["to"])), None))
    harmless(mail["html"])
    raw = world.http.get(f"{world.run['mail']}/messages/{mail['id']}/raw").text
    assert "\n" not in mail["subject"]
    head = raw.replace("\r\n", "\n").partition("\n\n")[0]
    names = [line.partition(":")[0] for line in head.split("\n") if line and not line[0].isspace()]
    assert len({name.lower() for name in names}) == len(names)
    assert not {"bcc", "cc", "set-cookie"} & {n.lower() for n in names}


def test_the_pdf_of_a_hostile_document_is_made_and_does_nothing(world: World, hostile: dict[str, str]) -> None:
    asked = "SELECT f->>'id' AS id FROM live.document d, json_array_elements(d.data->'files') f WHERE d.id = $1 AND f->>'role' = 'pdf'"
    file_id = world.value("gateway", asked, hostile["document_id"])
    path = f"/{world.b.slug}/dokumente/{hostile['document_id']}/datei/{file_id}"
    answer = world.call("gateway", "GET", path, cookie=hostile["cookie"])
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert "\n" not in answer.headers["content-disposition"]
    assert '"' not in answer.headers["content-disposition"]
    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        whole = b"".join(page.obj.unparse(resolved=True) for page in pdf.pages) + pdf.Root.unparse(resolved=True)
        for name in (b"/JavaScript", b"/JS", b"/Launch", b"/OpenAction", b"javascript:"):
            assert name not in whole


@pytest.mark.parametrize("field", ["subject", "recipient"])
def test_no_line_break_gets_into_a_mails_head(world: World, field: str) -> None:
    evil = {"subject": "Rechnung\r\nBcc: all@evil.example", "recipient": "a@b.example\r\nBcc: all@evil.example"}[field]
    headers = world.command(world.b.staff, "documents", "documents:release")
    path = f"/v1/documents/{world.b.ids['document_id']}/share"
    answer = world.http.post(world.url("documents", path), headers=headers, json={field: evil})
    assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text
    headers = world.command(world.b.staff, "notifications", "mails:resend")
    path = f"/v1/mails/{world.b.ids['mail_id']}/resend"
    answer = world.http.post(
        world.url("notifications", path), headers=headers, json={"recipient": "a@b.example\r\nBcc: c@d.example"}
    )
    assert (answer.status_code, answer.json()["field"]) == (422, "recipient"), answer.text


@pytest.mark.parametrize(
    "path",
    ["/static/../app.py", "/static/%2e%2e/%2e%2e/settings.py", "/static/..%2f..%2fetc%2fpasswd", "/brunner/logo/../../x",
     "/brunner/dokumente/..%2f..%2f", "/brunner/logo/%2e%2e%2f%2e%2e", "/static//etc/passwd", "/%00", "/brunner/dokumente/%00",
     "/l/%00", "/l/..%2f..%2finternal%2fsessions", "/api/portal/v1/%00/documents", "/mails/texte/..%2f..%2fx/de"],
)  # fmt: skip
def test_no_path_leads_out(world: World, anna: str, path: str) -> None:
    for edge, cookie in (("gateway", f"{anna}; __Host-kontor-x=y"), ("admin", world.a.staff)):
        request = world.http.build_request("GET", world.url(edge), headers={"Cookie": cookie, "Accept": "text/html"})
        request.url = request.url.copy_with(raw_path=path.encode())
        answer = world.http.send(request)
        assert answer.status_code in (200, 303, 401, 404, 410, 422), (edge, answer.status_code)
        assert "root:" not in answer.text
        assert "import " not in answer.text


def test_odd_headers_of_a_program_are_refused_or_taken(world: World) -> None:
    """Nothing that can be put into a header makes the gateway stumble."""
    xml = b"<a/>"
    for name, value in (
        ("X-Kontor-File-Name", "Rechnung für März.xml".encode()), ("X-Kontor-File-Name", b"..\\..\\etc/passwd"),
        ("Idempotency-Key", "schlüssel".encode()), ("Content-Type", "application/xml; name=ü".encode()),
        ("Content-Type", b"text/html"), ("Content-Type", b""),
    ):  # fmt: skip
        headers = [("Authorization", f"Bearer {world.b.api_key}".encode()), (name, value)]
        answer = world.http.post(world.url("gateway", "/api/ingest/v1/documents"), headers=headers, content=xml)
        assert answer.status_code < 500, (name, value, answer.text)
    path = "/webhooks/sandbox/01890000-0000-7000-8000-000000000000"
    answer = world.http.post(world.url("gateway", path), headers=[("X-Odd", "ü".encode())], content=b"{}")
    assert answer.status_code == 404, answer.text


def test_forms_with_impossible_ids_are_refused_in_words(world: World) -> None:
    answer = world.call("admin", "POST", "/freigabe", cookie=world.b.staff, form={"id": "no id at all"})
    assert answer.status_code < 500, answer.text[:500]
    answer = world.call("admin", "GET", f"/kunden?after={'x' * 50}", cookie=world.b.staff)
    assert answer.status_code < 500
    for query in ("after=%00", "after=AAAA", "year=9999999999", "limit=-1", "q=%00", f"q={'x' * 5000}", "customer=x"):
        answer = world.call(
            "gateway", "GET", f"/api/portal/v1/{world.b.slug}/documents?{query}", cookie=world.b.ids["cookie"]
        )
        assert answer.status_code < 500, (query, answer.text)

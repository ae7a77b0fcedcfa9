"""Every route of the public edge: whose it is, and that nobody else's ids, cookies or keys open it."""

from dataclasses import dataclass
from typing import Any, Literal

import httpx
import pytest

from kontor_service.tokens import basic

from .routes import routes_of
from .world import World

Kind = Literal["open", "outside", "portal", "key", "service"]


@dataclass(frozen=True)
class Door:
    """`open`: anybody, and nothing private behind it; `outside`: the way in; `portal`: a session of this portal;
    `key`: an API key with this scope; `service`: identity's token for the gateway."""

    kind: Kind
    body: Any = None
    form: dict[str, str] | None = None
    scope: str = ""
    # What a program is answered whose key is another merchant's.
    foreign: int = 404


OPEN, OUTSIDE, PORTAL, SERVICE = Door("open"), Door("outside"), Door("portal"), Door("service")
FORM = Door("portal", form={})
_COMMENT = Door("portal", form={"text": "Nein"})
_ACCEPTANCE = {"version": 1, "name": "Anna Seidel"}
_PAYMENT = {
    "external_id": "f-1",
    "document_number": "ZW-1",
    "amount": "1.00",
    "currency": "EUR",
    "paid_on": "2026-01-02",
}

_READING = {"meter": "B-METER-1", "obis": "1-0:1.8.0", "value": "1", "taken_at": "2026-01-02"}
_METER = {
    "external_id": "erp-B-1", "number": "F-1", "kind": "electricity", "in_use_from": "2026-01-01",
    "registers": [{"obis": "1-0:1.8.0", "unit": "kWh"}],
}  # fmt: skip
_ENTERED = {"register_id": "01890000-0000-7000-8000-000000000000", "value": "1", "taken_on": "2026-01-02"}

# An id that nothing has.
NOBODYS = "01890000-0000-7000-8000-000000000000"
DOORS: dict[str, Door] = {
    "MOUNT /static": OPEN,
    "GET /api/openapi.json": OPEN,
    "GET /api/docs": OPEN,
    # Logos are on everybody's log-in page.
    "GET /{slug}/logo/{sha256}": OPEN,
    # The provider's signature is asked for by payments.
    "POST /webhooks/{provider}/{connection_id}": OPEN,
    "GET /": OUTSIDE,
    "GET /l/{token}": OUTSIDE,
    "POST /l/{token}": OUTSIDE,
    "POST /l/{token}/neu": OUTSIDE,
    "GET /einladung/{token}": OUTSIDE,
    "GET /vorschau/{token}": OUTSIDE,
    "POST /{slug}/vorschau/beenden": OUTSIDE,
    "POST /einladung/{token}": OUTSIDE,
    "GET /passwort/{token}": OUTSIDE,
    "POST /passwort/{token}": OUTSIDE,
    "GET /{slug}/anmelden": OUTSIDE,
    "POST /{slug}/anmelden": OUTSIDE,
    "POST /{slug}/abmelden": OUTSIDE,
    "GET /{slug}/passwort-vergessen": OUTSIDE,
    "POST /{slug}/passwort-vergessen": OUTSIDE,
    "GET /{slug}/code": OUTSIDE,
    "POST /{slug}/code": OUTSIDE,
    "POST /{slug}/code/pruefen": OUTSIDE,
    "PUT /internal/sessions": SERVICE,
    "POST /internal/heartbeat": SERVICE,
    # Data without a date are refused, whoever sends them: nothing of anybody's can be named here.
    "POST /api/ingest/v1/documents": Door("key", {}, scope="documents:submit", foreign=422),
    "GET /api/ingest/v1/submissions/{submission_id}": Door("key", scope="documents:submit"),
    "POST /api/ingest/v1/documents/{external_id:path}/cancel": Door("key", {}, scope="documents:submit"),
    "POST /api/ingest/v1/documents/{external_id:path}/withdraw": Door("key", {}, scope="documents:submit"),
    "POST /api/ingest/v1/documents/{external_id:path}/comments": Door("key", {"text": "Nein"}, scope="documents:submit"),
    "POST /api/ingest/v1/documents/{external_id:path}/extend": Door(
        "key", {"valid_until": "2099-12-31"}, scope="documents:submit"
    ),
    # An upsert makes one's own customer of that number.
    "GET /api/ingest/v1/documents/parked": Door("key", scope="documents:submit", foreign=200),
    "GET /api/ingest/v1/customers": Door("key", scope="customers:edit", foreign=200),
    "GET /api/ingest/v1/payments/parked": Door("key", scope="payments:book", foreign=200),
    "GET /api/ingest/v1/payments/{payment_id}": Door("key", scope="payments:book"),
    "GET /api/ingest/v1/readings/parked": Door("key", scope="meters:submit", foreign=200),
    "PUT /api/ingest/v1/customers/{number}": Door("key", {"name": "n"}, scope="customers:edit", foreign=200),
    "POST /api/ingest/v1/customers": Door("key", {"number": "F-2", "name": "n"}, scope="customers:edit", foreign=200),
    "POST /api/ingest/v1/payments": Door("key", _PAYMENT, scope="payments:book", foreign=200),
    "POST /api/ingest/v1/bank-statements": Door("key", {}, scope="payments:book", foreign=422),
    "GET /api/events": Door("key", scope="events:read", foreign=200),
    # A foreign meter is not known: its readings wait for it, and what is upserted is one's own.
    "POST /api/ingest/v1/readings": Door("key", {"readings": [_READING]}, scope="meters:submit", foreign=200),
    "GET /api/ingest/v1/readings/{batch_id}": Door("key", scope="meters:submit"),
    "POST /api/ingest/v1/meters": Door("key", _METER, scope="meters:submit", foreign=201),
    # Lets readings in and shows none; whoever holds it is let in by it alone.
    "GET /z/{token}": OUTSIDE,
    "POST /z/{token}": OUTSIDE,
    "POST /api/ingest/v1/pay-links": Door("key", {"documents": ["of somebody else"]}, scope="payments:edit"),
    "POST /api/ingest/v1/pay-links/{link_id}/revoke": Door("key", scope="payments:edit"),
    # Shows what the link is for, and lets its holder pay that.
    "GET /p/zurueck": OUTSIDE,
    "GET /p/{token}": OUTSIDE,
    "POST /p/{token}": OUTSIDE,
    "GET /p/{token}/ueberweisung": OUTSIDE,
    "GET /{slug}": PORTAL,
    "GET /{slug}/zaehler": PORTAL,
    "GET /{slug}/zaehler/melden": PORTAL,
    "POST /{slug}/zaehler/melden": FORM,
    "GET /{slug}/zaehler/{meter_id}": PORTAL,
    "GET /{slug}/zaehler/{meter_id}/verbrauch.csv": PORTAL,
    "GET /api/portal/v1/{slug}/meters": PORTAL,
    "GET /api/portal/v1/{slug}/meters/{meter_id}": PORTAL,
    "GET /api/portal/v1/{slug}/meters/{meter_id}/consumption": PORTAL,
    "GET /api/portal/v1/{slug}/meters/{meter_id}/days/{day}": PORTAL,
    "POST /api/portal/v1/{slug}/photos": PORTAL,
    "POST /api/portal/v1/{slug}/readings": Door("portal", {"readings": [_ENTERED]}),
    "GET /{slug}/dokumente": PORTAL,
    "GET /{slug}/dokumente/{document_id}": PORTAL,
    "GET /{slug}/dokumente/{document_id}/datei/{file_id}": PORTAL,
    "GET /{slug}/dokumente/{document_id}/ansprechpartner.jpg": PORTAL,
    "GET /api/portal/v1/{slug}/documents/{document_id}/responsible/picture": PORTAL,
    "POST /{slug}/dokumente/{document_id}/gelesen": FORM,
    "POST /{slug}/dokumente/{document_id}/weiterleiten": FORM,
    "GET /{slug}/dokumente/{document_id}/zusatz/{version_id}": PORTAL,
    "POST /{slug}/dokumente/{document_id}/auswahl": FORM,
    "POST /{slug}/dokumente/{document_id}/annehmen": Door("portal", form={"name": "Anna Seidel", "version": "1"}),
    "POST /{slug}/dokumente/{document_id}/ablehnen": FORM,
    "POST /{slug}/dokumente/{document_id}/verlaengerung": FORM,
    "POST /{slug}/dokumente/{document_id}/neues-angebot": FORM,
    "POST /{slug}/dokumente/{document_id}/kommentare": _COMMENT,
    "POST /{slug}/dokumente/{document_id}/kommentare/{comment_id}/aendern": _COMMENT,
    "POST /{slug}/dokumente/{document_id}/kommentare/{comment_id}/loeschen": FORM,
    "GET /{slug}/dokumente/{document_id}/kommentare/{comment_id}/datei/{file_id}": PORTAL,
    "PUT /api/portal/v1/{slug}/documents/{document_id}/selection": Door("portal", {"lines": []}),
    "POST /api/portal/v1/{slug}/documents/{document_id}/acceptance": Door("portal", _ACCEPTANCE),
    "POST /api/portal/v1/{slug}/documents/{document_id}/decline": Door("portal", {}),
    "POST /api/portal/v1/{slug}/documents/{document_id}/extension-request": Door("portal", {}),
    "POST /api/portal/v1/{slug}/documents/{document_id}/new-offer-request": Door("portal", {}),
    "POST /api/portal/v1/{slug}/documents/{document_id}/forward": Door("portal", {"contact_id": "0192f0c1-0000-7000-8000-000000000009"}),
    "GET /api/portal/v1/{slug}/documents/{document_id}/comments": PORTAL,
    "POST /api/portal/v1/{slug}/documents/{document_id}/comments": Door("portal", {"text": "Nein"}),
    "PUT /api/portal/v1/{slug}/documents/{document_id}/comments/{comment_id}": Door("portal", {"text": "Nein"}),
    "DELETE /api/portal/v1/{slug}/documents/{document_id}/comments/{comment_id}": PORTAL,
    "POST /api/portal/v1/{slug}/documents/{document_id}/comment-files": PORTAL,
    "GET /{slug}/dokumente/{document_id}/bezahlen": PORTAL,
    "POST /{slug}/dokumente/{document_id}/bezahlen": Door("portal", form={"method": "card"}),
    "GET /{slug}/dokumente/{document_id}/zurueck": PORTAL,
    "GET /{slug}/dokumente/{document_id}/ueberweisung": PORTAL,
    "GET /{slug}/bezahlen": PORTAL,
    "POST /{slug}/bezahlen": FORM,
    "GET /{slug}/bezahlen/ueberweisung": PORTAL,
    "GET /{slug}/zahlungen": PORTAL,
    "GET /{slug}/zahlungen/zurueck": PORTAL,
    "GET /{slug}/zahlungen/{payment_id}/beleg": PORTAL,
    "POST /{slug}/dokumente/{document_id}/bestaetigen": FORM,
    "GET /{slug}/zahlungsmittel": PORTAL,
    "GET /{slug}/zahlungsmittel/neu": PORTAL,
    "POST /{slug}/zahlungsmittel/neu": FORM,
    "GET /{slug}/zahlungsmittel/zurueck": PORTAL,
    "POST /{slug}/zahlungsmittel/{method_id}/standard": FORM,
    "POST /{slug}/zahlungsmittel/{method_id}/entfernen": FORM,
    "GET /api/portal/v1/{slug}/saved-methods": PORTAL,
    "POST /api/portal/v1/{slug}/saved-methods": Door("portal", {"customer_id": NOBODYS, "method": "card", "agreed": True}),
    "POST /api/portal/v1/{slug}/saved-methods/{method_id}/default": PORTAL,
    "DELETE /api/portal/v1/{slug}/saved-methods/{method_id}": PORTAL,
    "GET /{slug}/konto": PORTAL,
    "POST /{slug}/konto/sprache": Door("portal", form={"language": "de"}),
    "POST /{slug}/konto/passwort": FORM,
    "POST /{slug}/konto/ueberall-abmelden": FORM,
    "POST /{slug}/konto/sitzungen/{session_id}/beenden": FORM,
    "GET /{slug}/live": PORTAL,
    "GET /api/portal/v1/{slug}/documents": PORTAL,
    "GET /api/portal/v1/{slug}/documents/{document_id}": PORTAL,
    "GET /api/portal/v1/{slug}/documents/{document_id}/files/{file_id}": PORTAL,
    "GET /api/portal/v1/{slug}/documents/{document_id}/standing/{version_id}": PORTAL,
    "POST /api/portal/v1/{slug}/documents/{document_id}/checkouts": Door("portal", {"method": "card"}),
    "GET /api/portal/v1/{slug}/documents/{document_id}/transfer": PORTAL,
    "POST /api/portal/v1/{slug}/checkouts": Door("portal", {"documents": [NOBODYS], "method": "card"}),
    "GET /api/portal/v1/{slug}/payments": PORTAL,
    "GET /api/portal/v1/{slug}/overview": PORTAL,
    "GET /api/portal/v1/{slug}/session": PORTAL,
}  # fmt: skip

PRIVATE = sorted(route for route, door in DOORS.items() if door.kind == "portal")
WITH_IDS = [route for route in PRIVATE if "_id}" in route]
KEYS = sorted(route for route, door in DOORS.items() if door.kind == "key")
SERVICES = sorted(route for route, door in DOORS.items() if door.kind == "service")
# It asks for nothing but the document's page, which decides.
BACK = "GET /{slug}/dokumente/{document_id}/zurueck"


def test_every_route_has_its_door_written_down() -> None:
    assert set(routes_of("gateway")) == set(DOORS)


def send(
    world: World, route: str, ids: dict[str, str], *, cookie: str = "", slug: str = "brunner", **more: Any
) -> httpx.Response:
    method, _, path = route.partition(" ")
    door = DOORS[route]
    known = {**ids, "slug": slug, "sha256": "0" * 64, "provider": "sandbox", "number": "F-1", "day": "2026-01-02"}
    for name in ("version_id", "link_id", "payment_id", "method_id"):
        known.setdefault(name, NOBODYS)
    path = path.replace(":path}", "}")
    for name, value in known.items():
        path = path.replace(f"{{{name}}}", value)
    assert "{" not in path, path
    sent: dict[str, Any] = {"form": door.form} if door.form is not None else {}
    sent |= {"json": door.body} if door.body is not None else {}
    return world.call("gateway", method, path, cookie=cookie, **sent, **more)


def sends_to_log_in(world: World, answer: httpx.Response, cookie: str) -> bool:
    if answer.status_code == 303 and "/anmelden" not in answer.headers["location"]:
        answer = world.call("gateway", "GET", answer.headers["location"], cookie=cookie)
    return answer.status_code == 401 or (answer.status_code == 303 and "/anmelden" in answer.headers["location"])


@pytest.mark.parametrize("route", PRIVATE)
def test_private_pages_ask_for_a_log_in(world: World, anna: str, route: str) -> None:
    strangers = ["", "__Host-kontor-brunner=made-up", "__Host-kontor-brunner=", anna.replace("brunner", "zweitwerk")]
    for cookie in strangers:
        answer = send(world, route, world.a.ids, cookie=cookie)
        assert sends_to_log_in(world, answer, cookie), (answer.status_code, answer.text[:500])
        assert "RE-2026" not in answer.text


@pytest.mark.parametrize("route", PRIVATE)
def test_a_session_opens_no_other_merchants_portal(world: World, anna: str, route: str) -> None:
    stolen = anna.replace("-brunner=", f"-{world.b.slug}=")
    cookie = f"{anna}; {stolen}"
    answer = send(world, route, world.b.ids, cookie=cookie, slug=world.b.slug)
    assert sends_to_log_in(world, answer, cookie), (answer.status_code, answer.text[:500])


@pytest.mark.parametrize("whose", ["another merchant", "another customer"])
@pytest.mark.parametrize("route", WITH_IDS)
def test_foreign_ids_are_not_there(world: World, anna: str, route: str, whose: str) -> None:
    ids = world.b.ids if whose == "another merchant" else world.other
    assert shown(world, route, ids, anna) == (404, [])


@pytest.mark.parametrize("route", [route for route in WITH_IDS if "{document_id}" in route])
def test_a_link_shows_its_documents_thread_alone(world: World, by_link: str, route: str) -> None:
    for ids in (world.apart, world.other, world.b.ids):
        assert shown(world, route, ids, by_link) == (404, [])


def shown(world: World, route: str, ids: dict[str, str], cookie: str) -> tuple[int, list[str]]:
    """The status of the answer, and which of the document's data it shows."""
    answer = send(world, route, ids, cookie=cookie)
    if route == BACK:
        assert answer.status_code == 303
        answer = world.call("gateway", "GET", answer.headers["location"], cookie=cookie)
    return answer.status_code, [name for name in ("number", "file_id", "customer_id") if ids[name] in answer.text]


def test_a_file_is_found_under_its_own_document_only(world: World, anna: str) -> None:
    for shown, file in ((world.a.ids, world.b.ids), (world.a.ids, world.other)):
        path = f"/brunner/dokumente/{shown['document_id']}/datei/{file['file_id']}"
        assert world.call("gateway", "GET", path, cookie=anna).status_code == 404


@pytest.mark.parametrize("what", ["type=invoice", "customer={customer_id}", "q={number}", "status=open"])
def test_no_question_to_the_list_brings_foreign_documents(world: World, anna: str, by_link: str, what: str) -> None:
    for ids in (world.b.ids, world.other):
        for cookie in (anna, by_link):
            query = what.format(**ids)
            answer = world.call("gateway", "GET", f"/api/portal/v1/brunner/documents?limit=100&{query}", cookie=cookie)
            assert answer.status_code == 200
            assert not any(ids[name] in answer.text for name in ("number", "document_id", "customer_id"))


def test_news_of_a_foreign_document_are_not_streamed(world: World, anna: str) -> None:
    for ids in (world.b.ids, world.other):
        path = f"/brunner/live?document={ids['document_id']}"
        assert world.call("gateway", "GET", path, cookie=anna).status_code == 404


@pytest.mark.parametrize("route", KEYS)
def test_ingest_needs_a_key(world: World, anna: str, route: str) -> None:
    for headers in ({}, {"Authorization": "Bearer kontor_made-up"}, {"Authorization": "Basic YTpi"}):
        answer = send(world, route, world.a.ids, cookie=anna, headers=headers)
        assert answer.status_code == 401, answer.text
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("route", KEYS)
def test_a_key_reaches_its_own_merchants_things_only(world: World, route: str) -> None:
    answer = send(world, route, world.b.ids, headers={"Authorization": f"Bearer {world.a.api_key}"})
    assert answer.status_code == DOORS[route].foreign, answer.text
    assert "Busch" not in answer.text
    assert world.b.ids["document_id"] not in answer.text
    state = world.rows("documents", "SELECT state FROM document WHERE id = $1", world.b.ids["document_id"])
    assert state == [{"state": "shared"}]


@pytest.mark.parametrize("route", SERVICES)
def test_internal_routes_take_a_services_token_only(world: World, route: str) -> None:
    path = route.partition(" ")[2]
    method = route.partition(" ")[0]
    staff = world.command(world.a.staff, "gateway", "account")
    for headers, status in (({}, 401), ({"Authorization": f"Bearer {world.a.api_key}"}, 401), (staff, 403)):
        answer = world.call("gateway", method, path, headers=headers, json={"sessions": []})
        assert answer.status_code == status, answer.text


def test_only_identity_tells_of_sessions(world: World) -> None:
    """A service that is broken into can make nobody a session: it gets no token for an edge."""
    for edge in ("gateway", "admin"):
        headers = basic("payments", world.secrets["payments"])
        wanted = {"audience": edge, "merchant_id": None}
        answer = world.http.post(world.url("identity", "/v1/service-tokens"), headers=headers, json=wanted)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")

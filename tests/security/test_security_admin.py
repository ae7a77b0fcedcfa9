"""Every route of the merchant's edge: staff of this merchant alone, and within their role."""

import base64
import json
from dataclasses import dataclass

import httpx
import pytest

from .routes import routes_of
from .world import World, hash_of


@dataclass(frozen=True)
class Desk:
    """`right`: what a member of staff needs to do it; looking needs none. `foreign`: what a foreign id is answered."""

    right: str = ""
    form: tuple[tuple[str, str], ...] = ()
    foreign: int = 404


LOOK = Desk()
OPEN = {
    "MOUNT /static", "GET /openapi.json", "GET /anmelden", "POST /anmelden", "POST /abmelden",
    "GET /passwort-vergessen", "POST /passwort-vergessen", "GET /passwort/{token}",
    "POST /passwort/{token}",
}  # fmt: skip
INTERNAL = {"PUT /internal/sessions", "POST /internal/heartbeat"}
_RELEASE, _CUSTOMERS, _BOOK = Desk("documents:release"), Desk("customers:edit"), Desk("payments:book")
_TEXTS, _KEYS, _MERCHANT = Desk("templates:edit"), Desk("api_keys:edit"), Desk("merchant:edit")
_PROVIDERS = Desk("payments:settings")
_METERS, _WRITE = Desk("meters:edit"), Desk("documents:submit")
_COMMENT = Desk("documents:comment", (("text", "Nein"),))
_MONEY = (("amount", "1,00"), ("booked_on", "02.01.2026"), ("method", "transfer"))
_QUOTE = (("customer_number", "1"), ("issue_date", "2026-11-01"), ("valid_until", "2027-11-01"), ("language", "de"))
_PERSON = (("name", "Eva Fremd"), ("language", "de"))
_CUSTOMER = (
    ("number", "F-9"), ("name", "Fremd"), ("kind", "business"), ("language", "de"), ("portal_access", "default"),
    ("mail_mode", "default"), ("roles", "customer"),
)  # fmt: skip

_STANDING = (("title", "AGB"), ("kind", "terms"), ("language", "de"), ("document_types", "quote"))

DESKS: dict[str, Desk] = {
    "GET /": LOOK,
    "GET /ereignisse": LOOK,
    "GET /konto": LOOK,
    "POST /konto/sprache": Desk("account", (("language", "de"),)),
    "POST /konto/passwort": Desk("account"),
    "POST /konto/ueberall-abmelden": Desk("account"),
    "POST /konto/sitzungen/{session_id}/beenden": Desk("account"),
    "GET /api/admin/v1/session": LOOK,
    "GET /api/admin/v1/board": LOOK,
    "GET /api/admin/v1/documents": LOOK,
    "GET /api/admin/v1/documents/{document_id}": LOOK,
    "GET /api/admin/v1/release": LOOK,
    "GET /api/admin/v1/customers": LOOK,
    "GET /api/admin/v1/customers/{customer_id}": LOOK,
    "GET /api/admin/v1/payments": LOOK,
    "GET /api/admin/v1/payments/{payment_id}": LOOK,
    "GET /api/admin/v1/disputes": LOOK,
    "GET /dokumente": LOOK,
    "GET /dokumente/{document_id}": LOOK,
    "GET /dokumente/{document_id}/datei/{file_id}": LOOK,
    "GET /dokumente/{document_id}/zuordnen": LOOK,
    "GET /dokumente/{document_id}/buchen": LOOK,
    "GET /dokumente/{document_id}/teilen": LOOK,
    "GET /fragen": LOOK,
    "POST /dokumente/{document_id}/kommentare": _COMMENT,
    "POST /dokumente/{document_id}/kommentare/{comment_id}/aendern": _COMMENT,
    "POST /dokumente/{document_id}/kommentare/{comment_id}/loeschen": _COMMENT,
    # Told by every open page; of who may not answer nothing is kept.
    "POST /dokumente/{document_id}/kommentare/gelesen": LOOK,
    "POST /dokumente/{document_id}/kommentare/erledigt": _COMMENT,
    "GET /dokumente/{document_id}/kommentare/{comment_id}/datei/{file_id}": LOOK,
    "POST /dokumente/{document_id}/notizen": Desk("documents:note", (("text", "Nein"),)),
    "POST /dokumente/{document_id}/notizen/{note_id}/loeschen": Desk("documents:note"),
    "POST /dokumente/{document_id}/datei/{file_id}/sperre": _RELEASE,
    "POST /dokumente/{document_id}/zuordnen": Desk("documents:release", (("customer_id", "{customer_id}"),)),
    "POST /dokumente/{document_id}/zurueckziehen": _RELEASE,
    "POST /dokumente/{document_id}/stornieren": _RELEASE,
    "POST /dokumente/{document_id}/teilen": _RELEASE,
    "POST /dokumente/{document_id}/absender": _RELEASE,
    "POST /dokumente/{document_id}/zeichen": _RELEASE,
    "POST /dokumente/{document_id}/bezahlt": _BOOK,
    "POST /abbuchungen/{document_id:uuid}": _BOOK,
    "POST /dokumente/{document_id}/buchen": Desk("payments:book", _MONEY),
    "POST /dokumente/{document_id}/buchung-stornieren": _BOOK,
    "POST /dokumente/{document_id}/auszahlung": _BOOK,
    "POST /dokumente/{document_id}/link": _CUSTOMERS,
    "POST /dokumente/{document_id}/link/{what}": _CUSTOMERS,
    "GET /angebote": LOOK,
    "GET /angebote/neu": _WRITE,
    "POST /angebote/neu": Desk("documents:submit", _QUOTE),
    "GET /angebote/{document_id:uuid}/bearbeiten": _WRITE,
    "POST /angebote/{document_id:uuid}/bearbeiten": Desk("documents:submit", _QUOTE),
    "POST /angebote/summen": _WRITE,
    "POST /angebote/{document_id:uuid}/verlaengern": Desk("documents:release", (("valid_until", "01.01.2030"),)),
    "POST /angebote/{document_id:uuid}/erledigt": _RELEASE,
    "GET /angebote/{document_id:uuid}/unterschrift/{number}": LOOK,
    "GET /angebote/vorlagen": _WRITE,
    "POST /angebote/vorlagen/{template_id:uuid}/umbenennen": Desk("documents:submit", (("name", "Nicht meine"),)),
    "POST /angebote/vorlagen/{template_id:uuid}/loeschen": _WRITE,
    "GET /hochladen": LOOK,
    "POST /hochladen": Desk("documents:submit"),
    "POST /hochladen/datei": Desk("documents:submit"),
    "POST /hochladen/{submission_id}/ersetzen": Desk("documents:submit"),
    "GET /hochladen/{submission_id}/angaben": LOOK,
    "POST /hochladen/{submission_id}/angaben": Desk(
        "documents:submit",
        (("type", "quote"), ("customer_number", "1"), ("number", "1"), ("issue_date", "2026-11-01")),
    ),
    # The row of a submission that is not (yet) there says that it is waited for.
    "GET /hochladen/ergebnis/{submission_id}": Desk(foreign=200),
    "GET /freigabe": LOOK,
    # Each of the chosen documents is answered for by itself.
    "POST /freigabe": Desk("documents:release", (("id", "{document_id}"),), foreign=303),
    # Asks for a token as soon as anything is ready; here nothing is.
    "POST /freigabe/alle": Desk(),
    "GET /kunden": LOOK,
    "GET /kunden/neu": LOOK,
    "POST /kunden/neu": Desk("customers:edit", _CUSTOMER),
    "GET /kunden/einlesen": LOOK,
    "GET /kunden/einlesen/vorlage.csv": LOOK,
    "POST /kunden/einlesen": Desk("customers:edit", (("content", "number;name\n1;n"),)),
    "GET /kunden/{customer_id:uuid}": LOOK,
    "GET /kunden/{customer_id:uuid}/bearbeiten": LOOK,
    "POST /kunden/{customer_id:uuid}/bearbeiten": Desk("customers:edit", _CUSTOMER),
    "GET /kunden/{customer_id:uuid}/personen/neu": LOOK,
    "POST /kunden/{customer_id:uuid}/personen/neu": Desk("customers:edit", _PERSON),
    "GET /kunden/{customer_id:uuid}/personen/{contact_id}": LOOK,
    "POST /kunden/{customer_id:uuid}/personen/{contact_id}": Desk("customers:edit", _PERSON),
    "POST /kunden/{customer_id:uuid}/personen/{contact_id}/zugang/{what}": _CUSTOMERS,
    "POST /kunden/{customer_id:uuid}/link": _CUSTOMERS,
    "POST /kunden/{customer_id:uuid}/link/{what}": _CUSTOMERS,
    "GET /zahlungen": LOOK,
    "GET /zahlungslinks/{customer_id:uuid}": Desk("payments:edit"),
    "POST /zahlungslinks/{customer_id:uuid}": Desk("payments:edit", (("document", "{document_id}"),)),
    "POST /zahlungslinks/{customer_id:uuid}/{link_id:uuid}/adresse": Desk("payments:edit"),
    "POST /zahlungslinks/{customer_id:uuid}/{link_id:uuid}/widerrufen": Desk("payments:edit"),
    "GET /zahlungen/anfechtungen": LOOK,
    "GET /zahlungen/auszahlungen": LOOK,
    "GET /zahlungen/auszahlungen/monat": _BOOK,
    "GET /zahlungen/auszahlungen/datev": _PROVIDERS,
    "POST /zahlungen/auszahlungen/datev": Desk("payments:settings", (("consultant", "1001"), ("client", "1"))),
    "GET /zahlungen/auszahlungen/{reference}": LOOK,
    "GET /zahlungen/auszahlungen/{reference}/csv": LOOK,
    "GET /zahlungen/auszahlungen/{reference}/datev": LOOK,
    "GET /zahlungen/erwartet": LOOK,
    "GET /zahlungen/baeume": _PROVIDERS,
    "POST /zahlungen/baeume": Desk("payments:settings", (("basis", "fees"), ("fees", "5"))),
    "GET /zahlungen/{payment_id:uuid}": LOOK,
    "GET /zahlungen/{payment_id:uuid}/erstatten": LOOK,
    "POST /zahlungen/{payment_id:uuid}/erstatten": Desk("payments:book", (("amount", "1,00"), ("reason", "other"))),
    "GET /zahlungen/wartend": LOOK,
    "GET /zahlungen/wartend/{payment_id}/zuordnen": LOOK,
    "POST /zahlungen/wartend/{payment_id}/zuordnen": Desk("payments:book", (("document_id", "{document_id}"),)),
    "POST /zahlungen/wartend/{payment_id}/ablehnen": Desk("payments:book", (("reason", "Fremd"),)),
    "GET /kontoauszuege": LOOK,
    "POST /kontoauszuege": _BOOK,
    "GET /umsaetze": LOOK,
    "POST /umsaetze/sichere": _BOOK,
    "POST /umsaetze/vorschlagen": _BOOK,
    "GET /umsaetze/{entry_id:uuid}": LOOK,
    "POST /umsaetze/{entry_id:uuid}/buchen": Desk("payments:book", (("ganz", "{document_id}"),)),
    "POST /umsaetze/{entry_id:uuid}/{what}": _BOOK,
    "GET /zaehler": LOOK,
    "GET /zaehler/neu": LOOK,
    "POST /zaehler/neu": _METERS,
    "GET /zaehler/ablesen": LOOK,
    "POST /zaehler/ablesen": Desk("meters:edit", (("meter", "{meter_id}"), ("taken_on", "02.01.2026"), ("v_{register_id}", "1"))),
    "GET /zaehler/pruefen": LOOK,
    "POST /zaehler/pruefen": Desk("meters:edit", (("id", "{reading_id}"),), foreign=303),
    "POST /zaehler/pruefen/{reading_id:uuid}/{what}": Desk("meters:edit", (("note", "n"),)),
    "GET /zaehler/staende/{reading_id:uuid}/foto": LOOK,
    "GET /zaehler/staende/{reading_id:uuid}/korrigieren": LOOK,
    "POST /zaehler/staende/{reading_id:uuid}/korrigieren": Desk("meters:edit", (("value", "1"),)),
    "GET /zaehler/anfragen": LOOK,
    "GET /zaehler/anfragen/neu": LOOK,
    "POST /zaehler/anfragen/neu": Desk("meters:edit", (("title", "t"), ("due_on", "02.01.2030"), ("kinds", "gas"))),
    "GET /zaehler/anfragen/{request_id:uuid}": LOOK,
    "POST /zaehler/anfragen/{request_id:uuid}/{what}": _METERS,
    "GET /zaehler/aufkleber": LOOK,
    "POST /zaehler/aufkleber": Desk("meters:edit", (("meter", "{meter_id}"),)),
    "GET /zaehler/dateien": LOOK,
    "POST /zaehler/dateien": _METERS,
    "GET /zaehler/dateien/vorlage/{kind}.csv": LOOK,
    "GET /zaehler/dateien/{batch_id:uuid}": LOOK,
    "POST /zaehler/dateien/{batch_id:uuid}/{what}": _METERS,
    "GET /zaehler/dateien/{batch_id:uuid}/ergebnis.csv": LOOK,
    "GET /zaehler/{meter_id:uuid}": LOOK,
    "GET /zaehler/{meter_id:uuid}/ereignisse": LOOK,
    "GET /zaehler/{meter_id:uuid}/tag/{day}": LOOK,
    "GET /zaehler/{meter_id:uuid}/verbrauch.csv": LOOK,
    "GET /zaehler/{meter_id:uuid}/bearbeiten": LOOK,
    "POST /zaehler/{meter_id:uuid}/bearbeiten": _METERS,
    "GET /zaehler/{meter_id:uuid}/wechsel": LOOK,
    "POST /zaehler/{meter_id:uuid}/wechsel": _METERS,
    "GET /zaehler/{meter_id:uuid}/ende": LOOK,
    "POST /zaehler/{meter_id:uuid}/ende": _METERS,
    "POST /zaehler/{meter_id:uuid}/link": _METERS,
    "POST /zaehler/{meter_id:uuid}/link/widerrufen": _METERS,
    "GET /api/admin/v1/meters": LOOK,
    "GET /api/admin/v1/meters/{meter_id}": LOOK,
    "GET /api/admin/v1/readings-to-check": LOOK,
    "GET /api/admin/v1/reading-requests": LOOK,
    "GET /api/admin/v1/reading-requests/{request_id}": LOOK,
    "GET /api/admin/v1/meter-batches": LOOK,
    "GET /api/admin/v1/meter-batches/{batch_id}": LOOK,
    "GET /dokumente/{document_id}/vorschau": LOOK,
    "GET /kunden/{customer_id:uuid}/vorschau": LOOK,
    "GET /mails": LOOK,
    "GET /mails/{mail_id:uuid}": LOOK,
    "GET /mails/{mail_id:uuid}/inhalt": LOOK,
    "GET /mails/{mail_id:uuid}/erneut": LOOK,
    "POST /mails/{mail_id:uuid}/erneut": Desk("mails:resend", (("recipient", "eva@fremd.example"),)),
    "GET /mails/eingang": LOOK,
    "GET /mails/eingang/{incoming_mail_id:uuid}": LOOK,
    "POST /mails/eingang/{incoming_mail_id:uuid}/zuordnen": Desk("mails:assign", (("document_id", "{document_id}"),)),
    "POST /mails/eingang/{incoming_mail_id:uuid}/verwerfen": Desk("mails:assign"),
    "GET /mails/texte": _TEXTS,
    "GET /mails/texte/{kind}/{language}": _TEXTS,
    "POST /mails/texte/{kind}/{language}": Desk("templates:edit", (("subject", "s"), ("text", "t"))),
    "POST /mails/texte/{kind}/{language}/vorschau": _TEXTS,
    "POST /mails/texte/{kind}/{language}/zuruecksetzen": _TEXTS,
    "GET /mails/texte/{kind}/{language}/bausteine/neu": _TEXTS,
    "POST /mails/texte/{kind}/{language}/bausteine/neu": _TEXTS,
    "GET /mails/texte/{kind}/{language}/bausteine/{block_id}": _TEXTS,
    "POST /mails/texte/{kind}/{language}/bausteine/{block_id}": _TEXTS,
    "POST /mails/texte/{kind}/{language}/bausteine/{block_id}/bevorzugen": _TEXTS,
    "POST /mails/texte/{kind}/{language}/bausteine/{block_id}/entfernen": _TEXTS,
    "GET /einstellungen": LOOK,
    "POST /einstellungen": _MERCHANT,
    "GET /einstellungen/aussehen": LOOK,
    "POST /einstellungen/aussehen": Desk("merchant:edit", (("accent_color", "#0b5d4e"),)),
    "POST /einstellungen/aussehen/logo-entfernen": _MERCHANT,
    "POST /einstellungen/aussehen/vorschau": LOOK,
    "GET /einstellungen/aussehen/muster/{color}": LOOK,
    "GET /einstellungen/aussehen/logo/{sha256}": LOOK,
    "GET /einstellungen/dokumente": LOOK,
    "POST /einstellungen/dokumente": _MERCHANT,
    "GET /einstellungen/zusatzdokumente": LOOK,
    "POST /einstellungen/zusatzdokumente/geprueft": _MERCHANT,
    "GET /einstellungen/zusatzdokumente/neu": LOOK,
    "POST /einstellungen/zusatzdokumente/neu": Desk("standing_documents:edit", _STANDING),
    "GET /einstellungen/zusatzdokumente/{standing_document_id}": LOOK,
    "POST /einstellungen/zusatzdokumente/{standing_document_id}": Desk("standing_documents:edit", _STANDING),
    "POST /einstellungen/zusatzdokumente/{standing_document_id}/entfernen": Desk("standing_documents:edit"),
    "GET /einstellungen/zusatzdokumente/{standing_document_id}/fassung/{version_id}": LOOK,
    "GET /einstellungen/team": Desk("staff:edit"),
    "GET /einstellungen/team/{staff_id}": Desk("staff:edit"),
    "POST /einstellungen/team/{staff_id}": Desk("staff:edit", (("name", "n"),)),
    "GET /einstellungen/team/{staff_id}/bild": Desk("staff:edit"),
    "GET /einstellungen/firma": LOOK,
    "POST /einstellungen/firma": _MERCHANT,
    "GET /einstellungen/zahlungen": LOOK,
    "POST /einstellungen/zahlungen": Desk("payments:settings"),
    "GET /einstellungen/zahlungen/{provider}": _PROVIDERS,
    "POST /einstellungen/zahlungen/{provider}/schluessel": Desk("payments:settings", (("key", "a"),)),
    "POST /einstellungen/zahlungen/{provider}/anmelden": _PROVIDERS,
    "GET /einstellungen/zahlungen/{provider}/zurueck": _PROVIDERS,
    "POST /einstellungen/zahlungen/{provider}/testzahlung": Desk("payments:settings", (("method", "card"),)),
    "GET /einstellungen/zahlungen/{provider}/testzahlung": _PROVIDERS,
    "POST /einstellungen/zahlungen/{provider}/einschalten": _PROVIDERS,
    "GET /einstellungen/zahlungen/{provider}/aufheben": _PROVIDERS,
    "POST /einstellungen/zahlungen/{provider}/aufheben": _PROVIDERS,
    "GET /einstellungen/zahlungen/{provider}/schluessel-loeschen/{connection_id}": _PROVIDERS,
    "POST /einstellungen/zahlungen/{provider}/schluessel-loeschen/{connection_id}": _PROVIDERS,
    "GET /einstellungen/schluessel": LOOK,
    "GET /einstellungen/sicherheit": _MERCHANT,
    "POST /einstellungen/schluessel": Desk("api_keys:edit", (("name", "n"), ("scopes", "events:read"))),
    "POST /einstellungen/schluessel/{key_id}/widerrufen": _KEYS,
}  # fmt: skip

ROUTES = sorted(DESKS)
WITH_IDS = [route for route in ROUTES if "_id" in route or DESKS[route].foreign == 303]
DOING = [route for route in ROUTES if route.startswith("POST") and DESKS[route].right not in ("", "account")]
NAMES = (
    "document_id",
    "file_id",
    "customer_id",
    "contact_id",
    "submission_id",
    "mail_id",
    "incoming_mail_id",
    "key_id",
    "session_id",
)


def test_every_route_has_its_desk_written_down() -> None:
    assert set(routes_of("admin")) == {*DESKS, *OPEN, *INTERNAL}


_WHAT = {
    "umsaetze": "zurueckstellen",
    "zugang": "entziehen",
    "pruefen": "ablehnen",
    "anfragen": "schliessen",
    "dateien": "verwerfen",
}


def send(world: World, route: str, ids: dict[str, str], cookie: str) -> httpx.Response:
    method, _, path = route.partition(" ")
    known = {**ids, "kind": "document_shared:invoice", "language": "de", "color": "0b5d4e", "sha256": "0" * 64}
    nothing = "01890000-0000-7000-8000-000000000000"
    known |= {
        "day": "2026-01-02",
        "provider": "sandbox",
        "connection_id": nothing,
        "link_id": nothing,
        "reference": "po_1",
    }
    known["what"] = next((what for part, what in _WHAT.items() if part in path), "widerrufen")
    known["kind"] = "readings" if "vorlage" in path else known["kind"]
    for name, value in known.items():
        path = path.replace(f"{{{name}:uuid}}", value).replace(f"{{{name}}}", value)
    form = {name.format(**ids): value.format(**ids) for name, value in DESKS[route].form} if method == "POST" else None
    return world.call("admin", method, path, cookie=cookie, form=form)


@pytest.mark.parametrize("route", ROUTES)
def test_only_staff_come_in(world: World, anna: str, route: str) -> None:
    for cookie in ("", "__Host-kontor-admin=made-up", f"{anna}; __Host-kontor-admin={anna.partition('=')[2]}"):
        answer = send(world, route, world.a.ids, cookie)
        sent_away = answer.status_code == 303 and answer.headers["location"].startswith("/anmelden")
        assert sent_away or answer.status_code == 401, (answer.status_code, answer.text[:300])


@pytest.mark.parametrize("route", WITH_IDS)
def test_another_merchants_ids_are_not_there(world: World, route: str) -> None:
    answer = send(world, route, world.b.ids, world.a.staff)
    assert answer.status_code == DESKS[route].foreign, (answer.status_code, answer.text[:300])
    assert "Busch" not in answer.text
    assert "bea@" not in answer.text
    assert world.b.ids["number"] not in answer.text
    if answer.status_code == 303:
        assert [kind for kind, _ in flashes(answer)] == ["bad"]


def test_nothing_of_the_other_merchant_has_changed(world: World) -> None:
    """After all of the above; the tests of this module run in their order."""
    ids = world.b.ids
    assert (
        world.rows("documents", "SELECT state FROM document WHERE id = $1", ids["document_id"])[0]["state"] == "shared"
    )
    asked = "SELECT access, name FROM contact WHERE id = $1"
    assert world.rows("identity", asked, ids["contact_id"])[0]["name"] == "Bea Busch"
    assert (
        world.rows("identity", "SELECT revoked_at FROM api_key WHERE id = $1", ids["key_id"])[0]["revoked_at"] is None
    )


@pytest.mark.parametrize("route", DOING)
def test_who_may_look_can_do_nothing(world: World, reader: str, route: str) -> None:
    answer = send(world, route, world.a.ids, reader)
    refused = answer.status_code in (403, 422) or [kind for kind, _ in flashes(answer)] in (["bad"], ["warn"])
    shows_why = answer.status_code == 200 and "Rolle" in answer.text
    assert refused or shows_why, (answer.status_code, answer.text[:300])


def flashes(answer: httpx.Response) -> list[list[str]]:
    """What the next page will say: kind and text."""
    for header in answer.headers.get_list("set-cookie"):
        name, _, value = header.partition(";")[0].partition("=")
        if name.endswith("-flash") and value:
            found: list[list[str]] = json.loads(base64.urlsafe_b64decode(value.strip('"')))
            return found
    return []


RIGHTS = [*sorted({desk.right for desk in DESKS.values()} - {"", "account"}), "staff:edit"]


@pytest.mark.parametrize("right", RIGHTS)
def test_identity_gives_a_reader_no_token_to_act(
    world: World, reader: str, anna: str, by_link: str, right: str
) -> None:
    # On the portal's side customers comment, too.
    customers = () if right == "documents:comment" else (("gateway", anna), ("gateway", by_link))
    for edge, cookie in (("admin", reader), *customers):
        answer = world.mint(edge, session_hash=hash_of(cookie), audience="documents", right=right)
        assert answer.status_code == 403, answer.text


def test_an_edge_acts_for_its_own_people_only(world: World, anna: str) -> None:
    for edge, cookie in (("gateway", world.a.staff), ("admin", anna), ("payments", world.a.staff)):
        answer = world.mint(edge, session_hash=hash_of(cookie), audience="documents", right="documents:read")
        assert answer.status_code == 403, answer.text
    answer = world.mint("admin", api_key=world.a.api_key, audience="documents", right="documents:submit")
    assert answer.status_code == 403, answer.text

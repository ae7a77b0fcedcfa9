"""One platform for the whole package; two merchants on it, and everybody who can come in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from kontor_events.registry import contexts, rules_of
from kontor_testing.platform import platform_folder
from kontor_testing.rabbitmq import RabbitMQ

from .world import PASSWORD, Shop, World, until

OPEN_INVOICE, OTHER_THREAD, OTHER_CUSTOMERS = "RE-2026-1042", "RE-2026-0971", "RE-2026-1051"


@dataclass(frozen=True)
class Ingest:
    """The vhost at which other systems hand things in."""

    broker: RabbitMQ
    vhost: str


@pytest.fixture(scope="package")
def ingest(rabbitmq: RabbitMQ) -> Ingest:
    return Ingest(rabbitmq, rabbitmq.vhost())


@pytest.fixture(scope="package")
def world(ingest: Ingest) -> Iterator[World]:
    with platform_folder() as folder:
        made = World(folder, {"KONTOR_INGEST_BUS_URL": ingest.broker.url(ingest.vhost)})
        made.start()
        try:
            _first_shop(made)
            _second_shop(made)
            yield made
        finally:
            made.stop()


def invoice(number: str, customer_number: str, **more: Any) -> dict[str, Any]:
    """The data of an invoice over 119.00."""
    lines = [{"name": "Wartung", "quantity": "1", "unit": "LS", "net_price": "100.00", "tax_rate": "19"}]
    today = date.today()
    return {
        "type": "invoice", "number": number, "external_id": f"erp-{number}", "customer_number": customer_number,
        "issue_date": today.isoformat(), "due_date": (today + timedelta(days=14)).isoformat(), "lines": lines,
    } | more  # fmt: skip


SETTINGS: dict[str, Any] = {
    "automatic_release": True, "payments_enabled": True, "contact_email": "buero@zweitwerk.example",
    "address": {"line1": "Hauptstraße 1", "post_code": "10115", "city": "Berlin", "country": "DE"},
    "vat_id": "DE136695976", "iban": "DE02120300000000202051", "account_holder": "Zweitwerk GmbH",
}  # fmt: skip
SCOPES = sorted(scope for context in contexts() for scope in rules_of(context).key_scopes)


def _first_shop(world: World) -> None:
    a = world.a
    a.email, a.password = world.run["merchant"]["email"], world.run["merchant"]["password"]
    a.api_key = world.run["api_key"]
    a.staff = world.staff(a.email, a.password)
    a.merchant_id = world.value("gateway", "SELECT id FROM live.merchant WHERE slug = $1", a.slug)
    a.ids = _ids(world, a, OPEN_INVOICE)
    world.apart = _ids(world, a, OTHER_THREAD)
    world.other = _ids(world, a, OTHER_CUSTOMERS)
    world.other |= _checkout(world, a, world.other)
    a.ids |= _texts(world, a) | _meters(world, a, "demo-7GMT0019283746") | _parked_payment(world, a)
    a.ids |= _quote_template(world, a) | _statement_entry(world, a)
    # Anna's own, which a link of one of her documents does not open.
    world.apart |= {name: a.ids[name] for name in ("meter_id", "register_id", "reading_id", "series_id", "payment_id")}
    world.other |= _meters(world, a, "demo-7GMT0077120031")


def _second_shop(world: World) -> None:
    furnish(world, world.b)
    world.b.ids |= _checkout(world, world.b, world.b.ids)


def furnish(world: World, b: Shop) -> None:
    """Registers a merchant with a customer, an invoice, a meter and a request for readings."""
    world.register(b)
    world.act(b, "identity", "merchant:edit", "PATCH", "/v1/merchant", json=SETTINGS)
    providers = [{"provider": name, "enabled": True} for name in ("sandbox", "transfer")]
    world.act(b, "payments", "payments:settings", "PUT", "/v1/settings", json={"providers": providers})
    b.api_key = world.act(
        b, "identity", "api_keys:edit", "POST", "/v1/api-keys", json={"name": "ERP", "scopes": SCOPES}
    )["key"]
    bea = {"name": "Bea Busch", "email": "bea@busch.example", "language": "de"}
    customer = {"name": "Busch Gärten", "kind": "business", "email": "post@busch.example", "contacts": [bea]}
    world.act(b, "identity", "customers:edit", "PUT", "/v1/customers/by-number/B-1", json=customer)
    texts = _texts(world, b)
    world.submit(b, invoice("ZW-1", "B-1"))
    b.ids = _ids(world, b, "ZW-1") | texts
    _hang_a_meter(world, b)
    b.ids |= _meters(world, b, "erp-B-1") | _parked_payment(world, b) | _quote_template(world, b)
    b.ids |= _statement_entry(world, b)


# Of what no document here has: a comment, a note.
_NOBODYS = "01890000-0000-7000-8000-000000000001"
_INCOMING_MAIL = """INSERT INTO incoming_mail (id, merchant_id, epoch, version, message_id, sender, sender_name, subject, files,
    document_number, state, reason, reason_params, received_at, attempts, next_attempt_at, settled_by)
    VALUES (gen_random_uuid(), $1, 1, 1, $2, 'eva@fremd.example', '', 'Frage', 0, '', 'open', 'no_reply_address', '{}', now(), 0, now(), '')
    RETURNING id"""


def _ids(world: World, shop: Shop, number: str) -> dict[str, str]:
    """Everything around one document that has an id."""
    asked = (
        "SELECT id, customer_id, content_sha256, data->'files'->0->>'id' AS file_id FROM live.document"
        " WHERE brief::json->>'number' = $1 AND merchant_id = $2"
    )
    merchant = shop.merchant_id
    row = until(lambda: world.rows("gateway", asked, number, merchant))[0]
    found = {
        "document_id": str(row["id"]), "customer_id": str(row["customer_id"]), "file_id": str(row["file_id"]),
        "content": row["content_sha256"], "number": number, "comment_id": _NOBODYS, "note_id": _NOBODYS,
    }  # fmt: skip
    more = {
        "external_id": ("documents", "SELECT external_id FROM document WHERE id = $1", row["id"]),
        "submission_id": ("documents", "SELECT id FROM submission WHERE document_id = $1", row["id"]),
        "contact_id": ("identity", "SELECT id FROM contact WHERE customer_id = $1", row["customer_id"]),
        "mail_id": ("notifications", "SELECT id FROM mail WHERE document_ids @> ARRAY[$1::uuid]", row["id"]),
        "incoming_mail_id": ("notifications", _INCOMING_MAIL, merchant, number),
        "key_id": ("identity", "SELECT id FROM api_key WHERE merchant_id = $1", merchant),
        "staff_id": ("identity", "SELECT id FROM staff WHERE merchant_id = $1", merchant),
        "session_id": ("identity", "SELECT id FROM session WHERE merchant_id = $1 AND kind = 'staff'", merchant),
    }
    return found | {name: world.value(*asked_of) for name, asked_of in more.items()}


def _texts(world: World, shop: Shop) -> dict[str, str]:
    """Terms that go along with the merchant's documents, and a text block for their mails."""
    id_, said = str(uuid4()), {"title": "AGB Busch", "kind": "terms", "document_types": ["invoice"]}
    file = {"file": {"name": "agb.txt", "content": "QUdC"}}
    world.act(shop, "documents", "standing_documents:edit", "PUT", f"/v1/standing-documents/{id_}", json=said | file)
    block, words = str(uuid4()), {"name": "Busch", "subject": "Busch", "text": "Busch"}
    path = f"/v1/templates/document_shared:invoice/de/blocks/{block}"
    world.act(shop, "notifications", "templates:edit", "PUT", path, json=words)
    version = "SELECT id FROM standing_document_version WHERE standing_document_id = $1"
    return {"standing_document_id": id_, "block_id": block, "version_id": world.value("documents", version, id_)}


def _parked_payment(world: World, shop: Shop) -> dict[str, str]:
    """A payment that the merchant's ERP reported for a document that nobody knows."""
    payment = {
        "external_id": "lost",
        "document_number": "?",
        "amount": "1.00",
        "currency": "EUR",
        "paid_on": "2026-11-20",
    }
    key = {"Authorization": f"Bearer {shop.api_key}"}
    answer = world.http.post(world.url("gateway", "/api/ingest/v1/payments"), headers=key, json=payment)
    return {"payment_id": answer.json()["status_url"].rpartition("/")[2]}


_MT940 = ":20:S\n:25:{iban}\n:28C:1\n:60F:C261119EUR0,00\n:61:2611201120CR1,00N166NONREF\n:86:166?20?\n:62F:C261120EUR1,00\n-\n"


def _statement_entry(world: World, shop: Shop) -> dict[str, str]:
    """A payment on a bank statement, for which there is no document."""
    iban = world.value("payments", "SELECT iban FROM merchant WHERE id = $1", shop.merchant_id)
    file = {"file": ("auszug.sta", _MT940.format(iban=iban).encode())}
    world.act(shop, "payments", "payments:book", "POST", "/v1/bank-statements", files=file)
    asked = "SELECT id FROM statement_entry WHERE merchant_id = $1 AND proposed_at IS NOT NULL"
    return {"entry_id": world.value("payments", asked, shop.merchant_id)}


def _quote_template(world: World, shop: Shop) -> dict[str, str]:
    template = {"name": f"Vorlage von {shop.slug}", "data": {}}
    answer = world.act(shop, "documents", "documents:submit", "POST", "/v1/quote-templates", json=template)
    return {"template_id": answer["id"]}


def _checkout(world: World, shop: Shop, ids: dict[str, str]) -> dict[str, str]:
    """A checkout that this document's customer started, by the link, and the link's session."""
    path = f"/v1/customers/{ids['customer_id']}/documents/{ids['document_id']}/link"
    link = world.act(shop, "identity", "customers:edit", "GET", path)["url"]
    cookie = world.opened(link)
    answer = world.call(
        "gateway", "POST", f"/api/portal/v1/{shop.slug}/documents/{ids['document_id']}/checkouts",
        cookie=cookie, headers={"Accept": "application/json"}, json={"method": "card"},
    )  # fmt: skip
    assert answer.status_code < 300, answer.text
    return {"checkout_id": answer.json()["checkout_id"], "link": link, "cookie": cookie}


def _hang_a_meter(world: World, shop: Shop) -> None:
    """With a reading, and a request that asks for another one."""
    key = {"Authorization": f"Bearer {shop.api_key}"}
    register = {"obis": "1-0:1.8.0", "unit": "kWh"}
    meter = {
        "external_id": "erp-B-1", "number": "B-METER-1", "kind": "electricity", "customer_number": "B-1",
        "in_use_from": "2026-01-01", "registers": [register],
    }  # fmt: skip
    reading = {"meter": "B-METER-1", "obis": "1-0:1.8.0", "value": "4711", "taken_at": "2026-02-01"}
    for path, body in (("meters", meter), ("readings", {"readings": [reading]})):
        answer = world.http.post(world.url("gateway", f"/api/ingest/v1/{path}"), headers=key, json=body)
        assert answer.status_code < 300, answer.text
    due = (date.today() + timedelta(days=14)).isoformat()
    asked = {"title": "Ablesung", "due_on": due, "kinds": ["electricity"]}
    until(
        lambda: world.rows(
            "meters", "SELECT 1 FROM meter WHERE merchant_id = $1 AND customer_id IS NOT NULL", shop.merchant_id
        )
    )
    world.act(shop, "meters", "meters:edit", "POST", "/v1/requests", json=asked)


def _meters(world: World, shop: Shop, external_id: str) -> dict[str, str]:
    """Everything around one meter that has an id."""
    asked = (
        "SELECT m.id AS meter_id, m.number AS meter_number, g.id AS register_id, g.series_id, r.id AS reading_id"
        " FROM meter m JOIN register g ON g.meter_id = m.id JOIN reading r ON r.register_id = g.id"
        " WHERE m.external_id = $1 AND m.merchant_id = $2 ORDER BY r.taken_at DESC LIMIT 1"
    )
    row = until(lambda: world.rows("meters", asked, external_id, shop.merchant_id))[0]
    found = {name: str(value) for name, value in row.items()}
    until(lambda: world.rows("gateway", "SELECT 1 FROM live.meter WHERE id = $1", row["meter_id"]))
    until(lambda: world.rows("admin", "SELECT 1 FROM live.meter WHERE id = $1", row["meter_id"]))
    more = {
        "request_id": ("meters", "SELECT id FROM reading_request WHERE merchant_id = $1", shop.merchant_id),
        "invitation_id": ("meters", "SELECT invitation_id FROM invited_meter WHERE meter_id = $1", row["meter_id"]),
        "batch_id": ("meters", "SELECT id FROM batch WHERE merchant_id = $1", shop.merchant_id),
    }
    return found | {name: world.value(*asked_of) for name, asked_of in more.items()}


@pytest.fixture(scope="package")
def anna(world: World) -> str:
    """The demo customer, logged in with her password."""
    return world.portal(world.a.slug, world.run["customer"]["email"], world.run["customer"]["password"])


@pytest.fixture(scope="package")
def by_link(world: World) -> str:
    """Whoever opened the demo's secret link: one document and its thread."""
    return world.opened(world.run["customer"]["link"])


@pytest.fixture(scope="package")
def reader(world: World) -> str:
    """A member of staff who may look and do nothing."""
    return add_staff(world, world.a, "read_only", "leserin@brunner.example")[1]


def add_staff(world: World, shop: Shop, role: str, email: str) -> tuple[str, str]:
    """A new member of staff, who chose the password by the mailed link: id and cookie."""
    wanted = {"name": "Lea Leser", "email": email, "role": role}
    made = world.act(shop, "identity", "staff:edit", "POST", "/v1/staff", json=wanted)
    link = world.mailed_link(email, "/passwort/")
    cookie = world.enter("admin", httpx.URL(link).path, {"password": PASSWORD, "again": PASSWORD})
    return str(made["id"]), cookie

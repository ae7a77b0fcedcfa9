"""Who walks through the product in end-to-end tests: an ERP over HTTP, a customer and a merchant in a browser."""

import itertools
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit
from uuid import uuid4

import httpx
from playwright.sync_api import Page, expect

from kontor_testing.waiting import until

_numbers = itertools.count(1)
# One platform serves many tests: numbers of one run must not meet those of another.
_RUN = uuid4().hex[:6]


def fresh(prefix: str = "E") -> str:
    """A number that nothing else has."""
    return f"{prefix}-{_RUN}-{next(_numbers)}"


@dataclass(frozen=True)
class Erp:
    """Another system with an API key."""

    gateway: str
    api_key: str

    def call(self, method: str, path: str, **sent: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.api_key}", **sent.pop("headers", {})}
        url = path if path.startswith("http") else f"{self.gateway}{path}"
        return httpx.request(method, url, headers=headers, timeout=30, **sent)

    def customer(self, **said: Any) -> dict[str, Any]:
        """A customer as the ERP knows it; its `email` is where mails go."""
        number = said.pop("number", None) or fresh("K")
        known = {
            "name": f"Firma {number}", "kind": "business", "language": "de", "email": f"{number.lower()}@kunde.example",
            "address": {"line1": "Gasse 1", "post_code": "86150", "city": "Augsburg", "country": "DE"},
        } | said  # fmt: skip
        answer = self.call("PUT", f"/api/ingest/v1/customers/{number}", json=known)
        assert answer.status_code == 200, answer.text
        return {"number": number, **known, **answer.json()}

    def invoice_data(self, customer: str, /, **said: Any) -> dict[str, Any]:
        """119,00 € for two hours, due in two weeks."""
        number = said.pop("number", None) or fresh("RE")
        return {
            "type": "invoice", "number": number, "external_id": number, "customer_number": customer,
            "issue_date": date.today().isoformat(), "due_date": (date.today() + timedelta(days=14)).isoformat(),
            "delivery_date": date.today().isoformat(),
            "lines": [{"name": "Beratung", "quantity": "2", "unit": "HUR", "net_price": "50.00", "tax_rate": "19"}],
        } | said  # fmt: skip

    def hand_in(self, **sent: Any) -> httpx.Response:
        return self.call("POST", "/api/ingest/v1/documents", **sent)

    def ended(self, answer: httpx.Response) -> dict[str, Any]:
        """What became of it."""
        assert answer.status_code == 202, answer.text

        def look() -> dict[str, Any] | None:
            status: dict[str, Any] = self.call("GET", answer.json()["status_url"]).json()
            return status if status["status"] != "accepted" else None

        return until(look)

    def shared(self, answer: httpx.Response) -> dict[str, Any]:
        """The document, once the customer's link is there."""

        def look() -> dict[str, Any] | None:
            status: dict[str, Any] = self.call("GET", answer.json()["status_url"]).json()
            assert status["status"] != "rejected", status
            document: dict[str, Any] | None = status["document"]
            return document if document and document["portal_url"] else None

        assert answer.status_code == 202, answer.text
        return until(look)

    def invoice(self, customer: str | None = None, **said: Any) -> dict[str, Any]:
        """An invoice that its customer can open."""
        return self.shared(self.hand_in(json=self.invoice_data(customer or self.customer()["number"], **said)))

    def pays(self, document: dict[str, Any], amount: str, /, **said: Any) -> httpx.Response:
        told = {
            "external_id": fresh("ZA"), "document_external_id": document["external_id"], "amount": amount,
            "currency": "EUR", "paid_on": date.today().isoformat(), "method": "transfer",
        } | said  # fmt: skip
        return self.call("POST", "/api/ingest/v1/payments", json=told)

    def last_position(self) -> int:
        position, following = -1, 0
        while following != position:
            position = following
            following = self.call("GET", f"/api/events?after={position}&limit=500").json()["next"]
        return position

    def event(self, after: int, kind: str, about: str) -> dict[str, Any]:
        """The first event of this kind behind a position that speaks of `about`."""

        def look() -> dict[str, Any] | None:
            events = self.call("GET", f"/api/events?after={after}&limit=500").json()["events"]
            return next((e for e in events if kind in e["type"] and about in str(e)), None)

        return until(look)


@dataclass(frozen=True)
class Customer:
    """Somebody at a browser who got a link or has a password."""

    page: Page
    gateway: str
    slug: str = "brunner"

    def open(self, link: str) -> None:
        """The link of a mail; its one button presses itself where scripts run."""
        self.page.goto(link)
        self.page.wait_for_url(re.compile(rf"/{self.slug}(/|$)"))

    def log_in(self, email: str, password: str) -> None:
        self.page.goto(f"{self.gateway}/{self.slug}/anmelden")
        self.page.get_by_label("E-Mail-Adresse").fill(email)
        self.page.get_by_label("Passwort", exact=True).fill(password)
        self.page.get_by_role("button", name="Anmelden", exact=True).click()

    def choose(self, method: str) -> None:
        """From the document to the provider's page, or to the details of a transfer."""
        self.page.get_by_role("link", name="Jetzt bezahlen").first.click()
        self.page.get_by_role("radio", name=method).check()
        self.page.get_by_role("button", name="Weiter").click()

    def at_provider(self, outcome: str) -> str:
        """Presses the sandbox's button; answers the sandbox's address of this checkout."""
        self.page.wait_for_url(re.compile(r"/pay/"))
        address = self.page.url
        self.page.get_by_role("button", name=outcome).click()
        return address

    def back_at(self, document: dict[str, Any]) -> None:
        self.page.wait_for_url(re.compile(rf"/{self.slug}/dokumente/{document['id']}$"))

    def pay(self, document: dict[str, Any], outcome: str = "Erfolgreich bezahlen", method: str = "Karte") -> str:
        self.open(document["portal_url"])
        self.choose(method)
        address = self.at_provider(outcome)
        self.back_at(document)
        return address

    def einvoice(self, document: dict[str, Any], number: str) -> bytes:
        """The document as XRechnung, as it would look under another number."""
        self.open(document["portal_url"])
        link = self.page.get_by_role("link", name="XRechnung (XML)")
        answer = self.page.request.get(urljoin(self.page.url, link.get_attribute("href")))
        assert answer.status == 200, answer.text()
        return bytes(answer.body()).replace(document["number"].encode(), number.encode())

    @property
    def state(self) -> Any:
        """The word that says where the payment stands."""
        return self.page.locator('[data-part="payment"] .state')


def let_settle(pay_page: str, outcome: str = "succeeded") -> None:
    """The money that is on its way at the sandbox arrives, or `failed`, or is `reversed`."""
    at = urlsplit(pay_page)
    answer = httpx.post(
        f"{at.scheme}://{at.netloc}/sandbox/settle", json={"checkout": at.path.rpartition("/")[2], "outcome": outcome}
    )
    assert answer.status_code == 200, answer.text


@dataclass(frozen=True)
class Merchant:
    """Somebody of the merchant's staff at the admin."""

    page: Page
    admin: str

    def log_in(self, email: str, password: str) -> None:
        self.page.goto(f"{self.admin}/anmelden")
        self.page.get_by_label("E-Mail-Adresse").fill(email)
        self.page.get_by_label("Passwort", exact=True).fill(password)
        self.page.get_by_role("button", name="Anmelden", exact=True).click()

    def go(self, path: str) -> None:
        self.page.goto(f"{self.admin}{path}")

    def listed(self, number: str) -> Any:
        """The document's row in the list, which is opened for it."""
        self.go(f"/dokumente?q={number}")
        return self.page.get_by_role("row").filter(has_text=number)

    def said(self, text: str) -> None:
        """The page's answer to what was done."""
        expect(self.page.get_by_role("status").filter(has_text=text).first).to_be_visible()

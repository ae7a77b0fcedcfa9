"""A client that a stranger generates from the API's description builds without a warning and does what it promises."""

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import httpx
import pytest

from .people import fresh

pytestmark = pytest.mark.parametrize("platform", ["postgres"], indirect=True)


@pytest.fixture
def client(platform, tmp_path, monkeypatch):
    """The generated package, and a client of it with the merchant's key."""
    scripts = Path(sys.executable).parent
    command = [scripts / "openapi-python-client", "generate", "--url", f"{platform.run['gateway']}/api/openapi.json"]
    made = subprocess.run(
        [*command, "--meta", "none", "--fail-on-warning", "--output-path", tmp_path / "kontor_client"],
        env=os.environ | {"PATH": f"{scripts}:{os.environ['PATH']}"}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert made.returncode == 0, made.stdout + made.stderr
    assert "arning" not in made.stdout + made.stderr
    monkeypatch.syspath_prepend(str(tmp_path))
    address = httpx.get(f"{platform.run['gateway']}/api/openapi.json").json()["servers"][0]["url"]
    client = import_module("kontor_client").AuthenticatedClient(address, platform.run["api_key"], timeout=30)
    with client:
        yield client
    for name in [name for name in sys.modules if name.split(".")[0] == "kontor_client"]:
        del sys.modules[name]


def call(operation, client, **arguments):
    tag = "events" if operation == "events" else "ingest"
    return import_module(f"kontor_client.api.{tag}.{operation}").sync(client=client, **arguments)


def test_a_generated_client_hands_in_reads_back_and_is_told_what_is_wrong(platform, client):
    models = import_module("kontor_client.models")
    number = fresh("K")
    customer = models.CustomerData.from_dict(
        {"number": number, "name": "Bäckerei Huber", "email": "post@huber.example"}
    )
    stored = call("put_customer", client, number=number, body=customer)
    assert (stored.number, stored.version) == (number, 1)
    listed = call("get_customers", client, limit=500)
    assert number in [one.number for one in listed.customers]

    start = call("events", client, type_=["documents"]).next_
    line = {"name": "Ofenwartung", "net_price": "189.00", "tax_rate": "19"}
    data = models.DocumentData.from_dict({"customer_number": number, "issue_date": "2026-11-21", "lines": [line]})
    accepted = call("submit_document", client, body=data)

    def processed():
        state = call("submission_state", client, submission_id=accepted.id)
        return state if state.status == "processed" else None

    document = platform.wait_for(processed).document
    assert (document.total.minor_units, document.total.currency) == (22491, "EUR")

    def told():
        found = call("events", client, after=start, type_=["documents.document.shared"])
        return [event for event in found.events if event.subject == str(document.id)]

    assert platform.wait_for(told)[0].type_ == "documents.document.shared.v1"

    waiting = models.PaymentData.from_dict({
        "external_id": fresh("bank"), "document_number": fresh("later"), "amount": "119.00", "currency": "EUR", "paid_on": "2026-11-20",
    })  # fmt: skip
    assert call("post_payments", client, body=waiting).status == "parked"
    assert waiting.external_id in [one.external_id for one in call("parked_payments", client).parked]

    waiting.currency = "euro"
    problem = call("post_payments", client, body=waiting)
    assert (problem.status, problem.code, problem.field) == (422, "invalid", "currency")
    assert [error.field for error in problem.errors] == ["currency"]

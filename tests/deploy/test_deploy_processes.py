"""Each service apart: own process, own database, RabbitMQ between them, told what the compose file tells them, with
the packages that its image has and no others."""

import asyncio
import json
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from kontor_provider_doubles.settings import PORTS
from kontor_service.embedded_postgres import embedded_postgres
from kontor_standalone.demo.calls import Calls
from kontor_standalone.demo.shop import SHOP
from kontor_standalone.home import Home
from kontor_testing.rabbitmq import rabbitmq_server
from kontor_testing.serving import free_port
from kontor_testing.waiting import until

from .processes import Containerless, Places, end_all

START_SECONDS = 90
PASSWORD = "correct-horse-battery"


@dataclass
class Apart:
    containers: dict
    ports: dict

    def url(self, part):
        return f"http://127.0.0.1:{self.ports[part]}"

    def health(self, part):
        return f"http://127.0.0.1:{self.ports.get(f'{part} management', self.ports[part])}"

    def wait_for(self, probe, within=30.0):
        def answer():
            gone = [name for name, one in self.containers.items() if not one.runs]
            assert not gone, f"{gone[0]} ended: {self.containers[gone[0]].said()[-6000:]}"
            return probe()

        return until(answer, within, every=0.1)


@pytest.fixture(scope="module")
def apart(tmp_path_factory, parts, images, compose, packages_of, root):
    folder = tmp_path_factory.mktemp("apart")
    with own_postgres() as postgres, rabbitmq_server(own=True) as broker:
        definitions = (root / "deploy/rabbitmq/definitions.json").read_bytes()
        json_type = {"Content-Type": "application/json"}
        httpx.post(
            f"{broker.management_url}/api/definitions", content=definitions, headers=json_type
        ).raise_for_status()
        containers, ports = containers_of(folder, parts, images, compose, packages_of, root, postgres, broker.port)
        prepare(containers, compose)
        for name, one in containers.items():
            one.start(listening(name, ports))
        running = Apart(containers, ports)
        try:
            for name in containers:
                running.wait_for(
                    lambda name=name: answers(f"{running.health(name)}/health/ready"), within=START_SECONDS
                )
            yield running
        finally:
            end_all(containers.values())


@contextmanager
def own_postgres():
    """Never a given one: databases and roles get their real names."""
    with tempfile.TemporaryDirectory(prefix="kontor-apart-", ignore_cleanup_errors=True) as folder:
        # The embedded server runs as a user of its own.
        Path(folder).chmod(0o755)
        with embedded_postgres(Path(folder) / "data", {"fsync": "off"}) as url:
            yield url


def containers_of(folder, parts, images, compose, packages_of, root, postgres, rabbitmq):
    managed = [f"{name} management" for name, part in parts.items() if part.target == "service"]
    ports = {name: free_port() for name in (*parts, *managed, "smtp")}
    addresses = {f"{name}:{part.port}": f"127.0.0.1:{ports[name]}" for name, part in parts.items()}
    addresses |= {"mailsink:8026": f"127.0.0.1:{ports['smtp']}", "rabbitmq:5672": f"127.0.0.1:{rabbitmq}"}
    published = {
        entry.split(":")[1]: str(ports[name]) for name in parts for entry in compose["services"][name].get("ports", [])
    }
    places = Places(addresses, published, postgres)
    urls = json.dumps({name: f"http://127.0.0.1:{ports[name]}" for name in parts})
    made = {
        name: Containerless(
            images[name],
            compose["services"][name].get("environment", {}) | {"KONTOR_SERVICE_URLS": urls},
            packages_of(name),
            places,
            folder / name,
            root,
        )
        for name in parts
    }
    return made, ports


def listening(name, ports):
    if name == "mailsink":
        return {"KONTOR_MAILSINK_PORT": str(ports["mailsink"]), "KONTOR_MAILSINK_SMTP_PORT": str(ports["smtp"])}
    if name == "sandbox":
        return {"KONTOR_SANDBOX_PORT": str(ports["sandbox"])}
    if name in PORTS:
        return {"KONTOR_DOUBLE_PORT": str(ports[name])}
    return {"KONTOR_PORT": str(ports[name]), "KONTOR_MANAGEMENT_PORT": str(ports[f"{name} management"])}


def prepare(containers, compose):
    """The one-shot services of the compose file."""
    databases = compose["services"]["databases"]
    one = containers["identity"]
    Containerless(one.image, databases["environment"], one.packages, one.places, one.folder, one.root).run(
        databases["command"]
    )
    migrations = [name for name in containers if f"{name}-migrate" in compose["services"]]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda name: containers[name].run(compose["services"][f"{name}-migrate"]["command"]), migrations))


def answers(url):
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


@pytest.fixture(scope="module")
def api(apart, compose):
    """An API key of a merchant who releases by itself, with one customer."""
    register = ["python", "-m", "kontor_identity", "register", "--name", "Brunner", "--slug", "brunner"]
    register += ["--owner-name", SHOP["owner"]["name"], "--owner-email", SHOP["owner"]["email"], "--password-stdin"]
    apart.containers["identity"].run(register, f"{PASSWORD}\n")
    secrets = json.loads(compose["services"]["identity"]["environment"]["KONTOR_SERVICE_SECRETS"])
    home = Home(Path(), secrets, apart.ports)
    return {"Authorization": f"Bearer {asyncio.run(_set_up(Calls(home)))}"}


async def _set_up(calls):
    await calls.log_in(SHOP["owner"]["email"], PASSWORD)
    await calls("identity", "merchant:edit", "PATCH", "/v1/merchant", json=SHOP["settings"])
    await calls("identity", "customers:edit", "PUT", "/v1/customers/by-number/20931", json=SHOP["customers"][0])
    wanted = {"name": "ERP", "scopes": ["documents:submit", "events:read"]}
    key = await calls("identity", "api_keys:edit", "POST", "/v1/api-keys", json=wanted)
    await calls.close()
    return key["key"]


def test_every_image_finds_its_service_healthy(apart):
    for name, one in apart.containers.items():
        *command, url = one.image.health
        health = f"{apart.health(name)}{urlsplit(url).path}"
        one.run([*command, health])
        assert answers(health), name


def test_a_document_handed_in_at_the_gateway_is_processed_shared_and_mailed(apart, api):
    line = {"name": "Wartung", "quantity": "1", "unit": "LS", "net_price": "129.00", "tax_rate": "19"}
    data = {
        "type": "invoice", "number": "RE-1", "customer_number": "20931", "external_id": "erp-1",
        "issue_date": "2026-01-05", "due_date": "2026-01-19", "lines": [line],
    }  # fmt: skip
    submitted = httpx.post(f"{apart.url('gateway')}/api/ingest/v1/documents", json=data, headers=api, timeout=30)
    assert submitted.status_code == 202, submitted.text

    def ended():
        status = httpx.get(submitted.json()["status_url"], headers=api, timeout=30).json()
        return status if status["status"] != "accepted" else None

    status = apart.wait_for(ended)
    assert status["error"] is None
    assert status["document"]["number"] == "RE-1"
    assert status["document"]["amount_due"] == {"minor_units": 15351, "currency": "EUR"}
    mail = apart.wait_for(lambda: mail_to(apart, SHOP["customer_email"]))
    link = next(link for link in mail["links"] if "/l/" in link)
    assert httpx.get(link, timeout=30).status_code == 200


def mail_to(apart, recipient):
    mails = httpx.get(f"{apart.url('mailsink')}/api/messages", timeout=30).json()
    return next((mail for mail in mails if recipient in mail["to"]), None)


def test_what_is_dead_can_be_listed_inside_a_container(apart):
    assert apart.containers["gateway"].run(["python", "-m", "kontor_bus", "dead", "list"]) == ""


def test_services_write_only_where_a_container_lets_them(apart, api):
    for name, one in apart.containers.items():
        assert list((one.folder / "work").iterdir()) == [], name


def test_services_end_when_they_are_asked_to(apart, api):
    codes = end_all(apart.containers.values())
    # As the first process of a container uvicorn's parting signal to itself is ignored, and 0 remains.
    assert set(codes) <= {0, -15}, dict(zip(apart.containers, codes, strict=True))

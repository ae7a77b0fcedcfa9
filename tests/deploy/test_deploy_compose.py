"""docker-compose.yml, held to the services' settings, the images and RabbitMQ's definitions."""

import base64
import hashlib
import json
import re
from urllib.parse import unquote, urlsplit

import pytest

_ADDRESS = re.compile(r"^(?:http|amqp|postgresql)://")
# One that people see, alone or in a list.
_SEEN = re.compile(r"http://localhost:[0-9]+")
_ENGINES = {"postgres": {5432}, "rabbitmq": {5672}}


def test_compose_runs_every_part_from_its_own_image(compose, part):
    service = compose["services"][part.name]
    assert service["image"] == f"kontor-{part.name}"
    assert service["build"]["target"] == part.target


def test_compose_builds_a_service_from_its_own_folder(compose, service):
    assert compose["services"][service.name]["build"]["args"] == {"service": service.name}


def test_compose_runs_nothing_else(compose, parts):
    migrations = {f"{name}-migrate" for name, part in parts.items() if part.target == "service"}
    assert set(compose["services"]) == set(parts) | migrations | {"databases", "postgres", "rabbitmq"}


def test_a_service_knows_every_setting_it_is_given(compose, part):
    assert part.strangers(environment(compose, part)) == set()


def test_a_service_is_given_every_setting_it_needs(compose, images, part, monkeypatch):
    known = {name: value for name, value in images[part.name].environment.items() if name.startswith("KONTOR_")}
    settings = part.told({**known, **environment(compose, part)}, monkeypatch)
    required = {name for name, field in type(settings).model_fields.items() if field.is_required()}
    assert required <= settings.model_fields_set


def test_internal_addresses_name_a_container_and_its_port(compose, part, parts):
    for name, value in environment(compose, part).items():
        if not _ADDRESS.match(str(value)) or "//localhost" in value:
            continue
        # Every service is called by its name.
        address = urlsplit(value.replace("{service}", "identity"))
        expected = _ENGINES.get(address.hostname) or parts[address.hostname].ports
        assert address.port in expected, name


def test_addresses_people_see_are_published_ports(compose, part):
    published = {port for service in compose["services"].values() for port in ports(service).values()}
    for name, value in environment(compose, part).items():
        for address in _SEEN.findall(str(value)):
            assert urlsplit(address).port in published, name


def test_ports_are_published_on_loopback_only(compose, parts):
    for name, service in compose["services"].items():
        assert name not in parts or set(ports(service)) <= set(parts[name].ports)


def test_a_service_is_published_on_the_port_it_has_everywhere(compose, service):
    published = ports(compose["services"][service.name])
    assert set(published.values()) <= {service.settings.model_fields["port"].default}


def test_identity_knows_the_credential_of_every_service(compose, service):
    known = json.loads(compose["services"]["identity"]["environment"]["KONTOR_SERVICE_SECRETS"])
    assert known[service.name] == environment(compose, service)["KONTOR_SERVICE_SECRET"]


def test_every_secret_says_that_it_is_for_development(compose, part):
    for name, value in environment(compose, part).items():
        if name.endswith(("_SECRET", "_KEY", "_PASSWORD")) or "@" in str(value).partition("//")[2]:
            assert "development-only" in value, name


def test_a_service_starts_on_its_migrated_database(compose, service):
    services = compose["services"]
    waits = services[service.name]["depends_on"]
    assert waits[f"{service.name}-migrate"]["condition"] == "service_completed_successfully"
    migrate = services[f"{service.name}-migrate"]
    assert migrate["command"] == ["python", "-m", "kontor_service", "migrate"]
    assert migrate["image"] == services[service.name]["image"]
    assert migrate["environment"] == services[service.name]["environment"]
    assert migrate["depends_on"] == {"databases": {"condition": "service_completed_successfully"}}


def test_databases_are_made_for_every_service(compose, parts):
    command = compose["services"]["databases"]["command"]
    assert command[:3] == ["python", "-m", "kontor_service.provision"]
    assert set(command[3:]) == {name for name, part in parts.items() if part.target == "service"}


def test_what_is_waited_for_exists_and_can_be_healthy(compose, images):
    services = compose["services"]
    for service in services.values():
        for name, how in service.get("depends_on", {}).items():
            assert name in services
            if how["condition"] == "service_healthy":
                assert "healthcheck" in services[name] or images[name].all("HEALTHCHECK")


def test_containers_cannot_change_themselves_or_gain_rights(compose, part):
    service = compose["services"][part.name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]


def test_every_volume_is_declared_and_lies_in_the_folder_that_may_be_written(compose, part):
    for volume in compose["services"][part.name].get("volumes", []):
        name, target = volume.split(":")
        assert name in compose["volumes"]
        assert target == "/var/lib/kontor"


@pytest.mark.parametrize("setting", ["KONTOR_BUS_URL", "KONTOR_INGEST_BUS_URL"])
def test_rabbitmq_knows_the_user_and_the_vhost(compose, root, setting):
    definitions = json.loads((root / "deploy/rabbitmq/definitions.json").read_text())
    address = urlsplit(compose["services"]["documents"]["environment"][setting])
    vhost = unquote(address.path[1:])
    assert {"name": vhost} in definitions["vhosts"]
    assert (address.username, vhost) in [(right["user"], right["vhost"]) for right in definitions["permissions"]]
    user = next(user for user in definitions["users"] if user["name"] == address.username)
    salted = base64.b64decode(user["password_hash"])
    assert salted[4:] == hashlib.sha256(salted[:4] + address.password.encode()).digest()


def environment(compose, part):
    return compose["services"][part.name].get("environment", {})


def ports(service):
    """Port in the container → port of this machine."""
    published = {}
    for entry in service.get("ports", []):
        address, outside, inside = entry.split(":")
        assert address == "127.0.0.1", entry
        published[int(inside)] = int(outside)
    return published

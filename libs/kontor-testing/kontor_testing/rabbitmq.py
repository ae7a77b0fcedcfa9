"""A real RabbitMQ for tests: a given one, else a container, else the local program with everything of its own."""

import itertools
import os
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from urllib.parse import quote

import httpx

from kontor_testing.rabbitmq_container import ContainerBroker, docker_answers
from kontor_testing.rabbitmq_program import ProgramBroker
from kontor_testing.serving import free_port

# On a machine that does much else.
_START_SECONDS = 180.0


@dataclass
class RabbitMQ:
    """`url(vhost)` is where clients connect; `management` is the address of its HTTP API, with the same log-in."""

    host: str
    port: int
    management: str
    user: str = "guest"
    password: str = "guest"
    broker: ContainerBroker | ProgramBroker | None = None
    _number: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def url(self, vhost: str = "/", user: str | None = None, password: str | None = None) -> str:
        login = f"{user or self.user}:{password or self.password}"
        return f"amqp://{login}@{self.host}:{self.port}/{quote(vhost, safe='')}"

    @property
    def management_url(self) -> str:
        """The HTTP API with its log-in, as `kontor ingest-user` takes it."""
        return self.management.replace("://", f"://{self.user}:{self.password}@")

    def vhost(self) -> str:
        """Makes a vhost, of its own name for each test, and answers its name."""
        name = f"test-{os.getpid()}-{next(self._number)}-{secrets.token_hex(3)}"
        with self._api() as api:
            api.put(f"/api/vhosts/{quote(name, safe='')}").raise_for_status()
            rights = {"configure": ".*", "write": ".*", "read": ".*"}
            api.put(f"/api/permissions/{quote(name, safe='')}/{self.user}", json=rights).raise_for_status()
        return name

    def delete_vhost(self, name: str) -> None:
        with self._api() as api:
            api.delete(f"/api/vhosts/{quote(name, safe='')}").raise_for_status()

    def stop(self) -> None:
        """Ends it in good order; what is durable stays."""
        self._own().stop()

    def kill(self) -> None:
        """Takes it away without warning (SIGKILL)."""
        self._own().kill()

    def start(self) -> None:
        """Starts it again on the same port and data; returns when it answers."""
        self._own().start(self.port, int(self.management.rsplit(":", 1)[1]))
        self.wait()

    def wait(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            if time.monotonic() > deadline:
                raise RuntimeError(f"RabbitMQ on port {self.port} did not answer within {_START_SECONDS:.0f} s")
            time.sleep(0.1)

    def _own(self) -> ContainerBroker | ProgramBroker:
        if self.broker is None:
            raise RuntimeError("this RabbitMQ was given by KONTOR_TEST_AMQP_URL; it is not ours to stop")
        return self.broker

    def _api(self) -> httpx.Client:
        return httpx.Client(base_url=self.management, auth=(self.user, self.password), timeout=15.0)

    def _answers(self) -> bool:
        try:
            with self._api() as api, closing(socket.create_connection((self.host, self.port), 1.0)):
                return api.get("/api/overview").status_code == httpx.codes.OK
        except (OSError, httpx.HTTPError):
            return False


@contextmanager
def rabbitmq_server(*, own: bool = False) -> Iterator[RabbitMQ]:
    """KONTOR_TEST_AMQP_URL names a given one, with its HTTP API at KONTOR_TEST_RABBITMQ_API (port 15672 if unset).

    `own` asks for one that may be stopped and killed, whatever is given.
    """
    given = os.environ.get("KONTOR_TEST_AMQP_URL")
    if given and not own:
        yield _given(given)
        return
    broker = ContainerBroker() if docker_answers() else ProgramBroker()
    server = RabbitMQ("127.0.0.1", free_port(), f"http://127.0.0.1:{free_port()}", broker=broker)
    try:
        server.start()
        yield server
    finally:
        broker.remove()


def _given(url: str) -> RabbitMQ:
    address = httpx.URL(url)
    api = os.environ.get("KONTOR_TEST_RABBITMQ_API", f"http://{address.host}:15672")
    user, password = (address.username or "guest"), (address.password or "guest")
    return RabbitMQ(address.host, address.port or 5672, api.rstrip("/"), user, password)

"""RabbitMQ in a container, where a Docker engine answers."""

import os
import socket
from contextlib import closing
from typing import Any

_IMAGE = "rabbitmq:4-management"


def docker_answers() -> bool:
    """Knocks before docker's client does: that one leaves its socket open where nobody is at home."""
    host = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    if host.startswith("unix://"):
        with closing(socket.socket(socket.AF_UNIX)) as door:
            if door.connect_ex(host.removeprefix("unix://")) != 0:
                return False
    from docker.errors import DockerException  # type: ignore[import-untyped]
    from testcontainers.core.docker_client import DockerClient

    try:
        return bool(DockerClient().client.ping())
    except DockerException:
        return False


class ContainerBroker:
    """Always on the same ports of the host: a restarted broker is found where it was."""

    def __init__(self) -> None:
        self._container: Any = None

    def start(self, amqp_port: int, management_port: int) -> None:
        from testcontainers.core.container import DockerContainer

        if self._container is not None:
            self._container.get_wrapped_container().start()
            return
        self._container = (
            DockerContainer(_IMAGE, hostname="kontor-test")
            .with_bind_ports(5672, amqp_port)
            .with_bind_ports(15672, management_port)
            .with_env("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-rabbit loopback_users [] max_message_size 1048576")
        )
        self._container.start()

    def stop(self) -> None:
        self._container.get_wrapped_container().stop()

    def kill(self) -> None:
        self._container.get_wrapped_container().kill()

    def remove(self) -> None:
        if self._container is not None:
            self._container.stop()

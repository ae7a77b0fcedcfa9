"""RabbitMQ in a container, where a Docker engine answers."""

import secrets
import shutil
import subprocess

_IMAGE = "rabbitmq:4-management"


def docker_answers() -> bool:
    return shutil.which("docker") is not None and _docker("version", check=False) == 0


class ContainerBroker:
    """Always on the same ports of the host: a restarted broker is found where it was."""

    def __init__(self) -> None:
        self._name = f"kontor-test-{secrets.token_hex(4)}"
        self._created = False

    def start(self, amqp_port: int, management_port: int) -> None:
        if not self._created:
            _docker(
                "create", "--name", self._name, "--hostname", "kontor-test",
                "--publish", f"127.0.0.1:{amqp_port}:5672", "--publish", f"127.0.0.1:{management_port}:15672",
                "--env", "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-rabbit loopback_users [] max_message_size 1048576", _IMAGE,
            )  # fmt: skip
            self._created = True
        _docker("start", self._name)

    def stop(self) -> None:
        _docker("stop", self._name)

    def kill(self) -> None:
        _docker("kill", self._name)

    def remove(self) -> None:
        if self._created:
            _docker("rm", "--force", "--volumes", self._name)


def _docker(*arguments: str, check: bool = True) -> int:
    return subprocess.run(["docker", *arguments], check=check, capture_output=True).returncode

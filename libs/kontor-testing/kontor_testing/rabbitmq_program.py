"""RabbitMQ as a local program: own node name, ports, cookie, plugins and data; only epmd is shared with others."""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from kontor_testing.debian import install, may_install
from kontor_testing.serving import free_port

_PLACES = (
    "/usr/lib/rabbitmq/bin/rabbitmq-server",
    "/opt/homebrew/sbin/rabbitmq-server",
    "/usr/local/sbin/rabbitmq-server",
)
_STOP_SECONDS = 30


class ProgramBroker:
    """The Debian package's wrapper in /usr/sbin insists on its own user and folder; the script behind it does not."""

    def __init__(self) -> None:
        self._program = find_program()
        self._folder = Path(tempfile.mkdtemp(prefix="kontor-rabbitmq-"))
        self._node = f"kontor-{os.getpid()}-{secrets.token_hex(4)}@localhost"
        self._distribution_port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        cookie = self._folder / ".erlang.cookie"
        cookie.write_text(secrets.token_hex(16))
        cookie.chmod(0o400)
        (self._folder / "plugins").write_text("[rabbitmq_management].\n")

    def start(self, amqp_port: int, management_port: int) -> None:
        (self._folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{amqp_port}\n"
            "management.tcp.ip = 127.0.0.1\n"
            f"management.tcp.port = {management_port}\n"
            "disk_free_limit.absolute = 50MB\n"
            "max_message_size = 1048576\n"
            "loopback_users = none\n"
        )
        with (self._folder / "output.log").open("ab") as output:
            self._process = subprocess.Popen(
                [self._program],
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def remove(self) -> None:
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.send_signal(how)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _environment(self) -> dict[str, str]:
        folder = str(self._folder)
        return {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "HOME": folder,
            "LANG": "C.UTF-8",
            "RABBITMQ_NODENAME": self._node,
            "RABBITMQ_DIST_PORT": str(self._distribution_port),
            "RABBITMQ_MNESIA_BASE": f"{folder}/data",
            "RABBITMQ_LOG_BASE": f"{folder}/log",
            "RABBITMQ_CONFIG_FILE": f"{folder}/rabbitmq.conf",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{folder}/plugins",
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1} +sbwt none",
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            # The script then becomes the server instead of its parent, so that our signals reach the server.
            "RUNNING_UNDER_SYSTEMD": "1",
        }


def find_program() -> str:
    """The server's start script; installed first where we may. RuntimeError that says how to get it otherwise."""
    found = next((place for place in _PLACES if Path(place).exists()), None) or shutil.which("rabbitmq-server")
    if found:
        return found
    if may_install():
        install("rabbitmq-server")
        return find_program()
    raise RuntimeError(
        "The tests need RabbitMQ: set KONTOR_TEST_AMQP_URL to a running one, or start Docker, or install it "
        "(Debian, Ubuntu: sudo apt-get install rabbitmq-server; macOS: brew install rabbitmq)."
    )

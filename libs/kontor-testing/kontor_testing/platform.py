"""The whole platform as `make run` starts it: a process of its own, on ports of its own, data in a folder."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from kontor_service.services import services
from kontor_testing.serving import free_port
from kontor_testing.waiting import until

_START_SECONDS = 400.0
_END_SECONDS = 30.0
# What looks around by itself does so more often than in production.
_IMPATIENT = {
    "KONTOR_ASK_EVERY": "1",
    "KONTOR_JOBS_EVERY": "1",
    "KONTOR_BUNDLE_PAUSE_SECONDS": "1",
    "KONTOR_COMMENT_PAUSE_SECONDS": "1",
}


@contextmanager
def platform_folder() -> Iterator[Path]:
    """A folder that the user of PostgreSQL may enter. Not pytest's: another run that begins closes those to everybody else."""
    with tempfile.TemporaryDirectory(prefix="kontor-platform-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def _ports() -> dict[str, int]:
    return {
        part: free_port()
        for part in (*services(), "sandbox", "stripe", "paypal", "mail", "smtp", "intake", "management")
    }


@dataclass
class Platform:
    """`folder` must be one that the user of PostgreSQL may enter; `told` are settings from the environment."""

    folder: Path
    told: Mapping[str, str] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=_ports)
    # What run.json says: addresses, log-ins, the API key. The same after each start.
    run: dict[str, Any] = field(default_factory=dict)

    def start(self, *words: str) -> None:
        """Until everything answers. `words` as behind `kontor_standalone run`; RuntimeError with what it said instead."""
        self.launch(*words)
        try:
            self.run = until(self._started, within=_START_SECONDS)
        except AssertionError:
            self.process.kill()
            raise

    def launch(self, *words: str) -> None:
        """Starts without waiting."""
        command = [sys.executable, "-m", "kontor_standalone", "run", "--folder", str(self.home), *words]
        # Left behind where the last one was killed.
        (self.home / "run.json").unlink(missing_ok=True)
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                command, env=self.environment, stdout=output, stderr=output, start_new_session=True
            )

    def _started(self) -> dict[str, Any] | None:
        if self.process.poll() is not None:
            raise RuntimeError(self.log.read_text()[-6000:])
        file = self.home / "run.json"
        found: dict[str, Any] | None = json.loads(file.read_text() or "null") if file.exists() else None
        return found

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(_END_SECONDS)

    @property
    def environment(self) -> dict[str, str]:
        ports = {f"KONTOR_{part.upper()}_PORT": str(port) for part, port in self.ports.items()}
        return {**os.environ, **_IMPATIENT, **ports, **self.told}

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def log(self) -> Path:
        return self.folder / "output.log"

    @property
    def secrets(self) -> dict[str, str]:
        """The services' credentials and the databases' password."""
        found: dict[str, str] = json.loads((self.home / "secrets.json").read_text())
        return found

    def url(self, part: str, path: str = "") -> str:
        return f"http://localhost:{self.ports[part]}{path}"

    def messages(self) -> list[dict[str, Any]]:
        """Every mail that was sent, the newest first."""
        found: list[dict[str, Any]] = httpx.get(self.url("mail", "/api/messages"), timeout=30).json()
        return found

"""What one installation keeps between two starts: its folder, its secrets, its ports."""

import json
import os
import secrets
import socket
from dataclasses import dataclass, field
from pathlib import Path

from kontor_service.services import services

# Those of the services are in their settings.
_OUTSIDE = {"sandbox": 8020, "mail": 8025, "smtp": 8026, "management": 9000}


@dataclass(frozen=True)
class Home:
    """A folder: database, files, mails, secrets.json (readable by its owner only), run.json, demo.json."""

    folder: Path
    secrets: dict[str, str] = field(repr=False)
    ports: dict[str, int]

    @property
    def run_file(self) -> Path:
        return self.folder / "run.json"

    @property
    def services_file(self) -> Path:
        """How operators' commands reach services, while it runs; readable by its owner only."""
        return self.folder / "services.json"

    @property
    def demo_file(self) -> Path:
        return self.folder / "demo.json"

    def url(self, part: str) -> str:
        return f"http://127.0.0.1:{self.ports[part]}"

    def public_url(self, part: str) -> str:
        """localhost, because browsers keep Secure cookies there without https."""
        return f"http://localhost:{self.ports[part]}"


def open_home(folder: Path) -> Home:
    """The folder with its secrets, made at the first start; ports that are taken now are moved aside."""
    folder.mkdir(parents=True, exist_ok=True)
    return Home(folder, _secrets(folder / "secrets.json"), _ports())


def write_private(path: Path, value: object) -> None:
    """JSON that only the owner of the file can read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(value, file, indent=2, ensure_ascii=False)


def _secrets(path: Path) -> dict[str, str]:
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    wanted = ("database", "sandbox", "credentials", *services())
    if any(name not in known for name in wanted):
        known = {name: known.get(name) or secrets.token_hex(24) for name in wanted}
        write_private(path, known)
    return known


def _ports() -> dict[str, int]:
    """KONTOR_<PART>_PORT sets a port; without it the usual one, or the next free one above."""
    usual_ports = {name: int(settings.model_fields["port"].default) for name, settings in services().items()} | _OUTSIDE
    chosen: dict[str, int] = {}
    for part, usual in usual_ports.items():
        given = os.environ.get(f"KONTOR_{part.upper()}_PORT")
        taken = set(chosen.values()) | set(usual_ports.values()) - {usual}
        chosen[part] = int(given) if given else _free_from(usual, taken)
    return chosen


def _free_from(port: int, taken: set[int]) -> int:
    candidate = port
    while candidate in taken or not _is_free(candidate):
        # The next hundred, so that related parts stay recognisable: 8000, 8100, 8200, …
        candidate += 100
        if candidate > 65000:
            raise OSError(f"no free port from {port} on")
    return candidate


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True

"""What one installation keeps between two starts: its folder, its secrets, its ports."""

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from alembic.script import ScriptDirectory

from kontor_provider_doubles.settings import PORTS
from kontor_service.embedded_postgres import stop_postgres
from kontor_service.migrations import config_of
from kontor_service.services import services

# Those that no service has.
_SECRETS = {"database", "sandbox", "credentials"}
# Those of the services are in their settings.
_OUTSIDE = {"sandbox": 8020, **PORTS, "mail": 8025, "smtp": 8026, "intake": 8027, "management": 9000}
# What customers and merchants would miss, and what else an installation writes into its folder.
_DATA = (
    "postgres", "files", "mails",
    *(f"{name}.db{ending}" for name in ("sandbox", *PORTS) for ending in ("", "-wal", "-shm", "-journal")),
)  # fmt: skip
_OWN = (
    *(f"{name}.{ending}" for name in ("run", "services", "demo", "secrets", "migrations") for ending in ("json", "part")),
    "starting", "kontor.lock",
)  # fmt: skip
# A first start may end before there are secrets.
_BEFORE_SECRETS = {"kontor.lock", "starting", "secrets.part"}


class Refused(RuntimeError):
    """The folder is in use, not Kontor's, incomplete or of an earlier version, or a port is taken; the message says which."""


@dataclass(frozen=True)
class Home:
    """A folder: database, files, mails, secrets.json, run.json, demo.json; readable by its owner only."""

    folder: Path
    secrets: dict[str, str] = field(repr=False)
    ports: dict[str, int]
    # They listen from the start, so that nobody takes a port before its part is there.
    sockets: dict[str, socket.socket] = field(default_factory=dict, repr=False)

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

    @property
    def migrations_file(self) -> Path:
        """With which migrations the databases were made."""
        return self.folder / "migrations.json"

    @property
    def starting_file(self) -> Path:
        """A file that exists until the first start has printed how to log in."""
        return self.folder / "starting"

    def url(self, part: str) -> str:
        return f"http://127.0.0.1:{self.ports[part]}"

    def public_url(self, part: str) -> str:
        """localhost, because browsers keep Secure cookies there without https."""
        return f"http://localhost:{self.ports[part]}"


def open_home(folder: Path) -> Home:
    """The folder with its secrets, made at the first start; ports that are taken now are moved aside.

    What a first start left that was killed before it had told anybody how to log in is begun anew. Raises Refused.
    """
    starting, demo = folder / "starting", folder / "demo.json"
    if not (folder / "secrets.json").exists():
        starting.touch()
    elif demo.exists():
        starting.unlink(missing_ok=True)
        _must_fit(folder)
    elif starting.exists():
        _delete(folder, _DATA)
    else:
        raise Refused(f"{demo} is missing, which says how to log in: put it back, or reset the installation")
    known, sockets = _secrets(folder / "secrets.json"), _sockets()
    return Home(folder, known, {part: one.getsockname()[1] for part, one in sockets.items()}, sockets)


def migrations() -> dict[str, str]:
    """The hash of each migration, by its service and revision."""
    return {
        f"{name}/{script.revision}": hashlib.sha256(Path(script.path).read_bytes()).hexdigest()
        for name in services()
        for script in ScriptDirectory.from_config(config_of(import_module(f"kontor_{name}"))).walk_revisions()
    }


def _must_fit(folder: Path) -> None:
    """Raises Refused where databases were made with migrations that have changed since; new ones are applied at the start."""
    file = folder / "migrations.json"
    applied: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    if not applied or not applied.items() <= migrations().items():
        raise Refused(
            f"{folder} was made by an earlier version of Kontor, whose database this one cannot use. Nothing was changed: "
            "go on with that version, choose another folder (KONTOR_HOME), or delete this installation with `make reset`"
        )


def remove(folder: Path) -> None:
    """The installation in the folder; whatever else is there stays."""
    _delete(folder, (*_DATA, *_OWN))
    with suppress(OSError):
        folder.rmdir()


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """The folder, which is made where it is missing, for this process alone; a killed one holds nothing. Raises Refused."""
    folder.mkdir(parents=True, exist_ok=True)
    if not _is_ours(folder):
        raise Refused(f"{folder} holds files that are not Kontor's: choose an empty folder")
    with (folder / "kontor.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise Refused(f"Kontor is running on {folder} (process {file.read() or 'unknown'}); end it first") from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _is_ours(folder: Path) -> bool:
    """Whether Kontor may use the folder: it is empty, or holds the secrets file that Kontor wrote. Any other folder is somebody
    else's, even if it has files of the same names."""
    try:
        known = json.loads((folder / "secrets.json").read_text())
    except FileNotFoundError:
        return {file.name for file in folder.iterdir()} <= _BEFORE_SECRETS
    except ValueError:
        return False
    return isinstance(known, dict) and known.keys() >= _SECRETS


def _delete(folder: Path, names: tuple[str, ...]) -> None:
    # A start that was killed may have left it running.
    stop_postgres(folder.resolve() / "postgres")
    for file in (folder / name for name in names):
        if file.is_dir() and not file.is_symlink():
            shutil.rmtree(file, ignore_errors=True)
        else:
            file.unlink(missing_ok=True)


def write_private(path: Path, value: object) -> None:
    """JSON that only the owner of the file can read: the old or the new, whenever the machine stops."""
    unfinished = path.with_suffix(".part")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(value, file, indent=2, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def _secrets(path: Path) -> dict[str, str]:
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    # Reply addresses came later than some installations.
    wanted = (*sorted(_SECRETS), "replies", *services())
    if any(name not in known for name in wanted):
        known = {name: known.get(name) or secrets.token_hex(24) for name in wanted}
        write_private(path, known)
    return known


def _sockets() -> dict[str, socket.socket]:
    """KONTOR_<PART>_PORT sets a port; without it the usual one, or the next free one above."""
    usual_ports = {name: int(settings.model_fields["port"].default) for name, settings in services().items()} | _OUTSIDE
    chosen: dict[str, socket.socket] = {}
    for part, usual in usual_ports.items():
        given = os.environ.get(f"KONTOR_{part.upper()}_PORT")
        others = set(usual_ports.values()) - {usual}
        # The next hundred, so that related parts stay recognisable: 8000, 8100, 8200, …
        candidates = [int(given)] if given else [port for port in range(usual, 65000, 100) if port not in others]
        found = next((one for port in candidates if (one := listening(port))), None)
        if found is None:
            for one in chosen.values():
                one.close()
            raise Refused(f"{part}: port {given} is taken" if given else f"no free port from {usual} on")
        chosen[part] = found
    return chosen


def listening(port: int) -> socket.socket | None:
    """None where somebody else has the port."""
    found = socket.socket()
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind(("127.0.0.1", port))
        found.listen(2048)
    except OSError:
        found.close()
        return None
    return found

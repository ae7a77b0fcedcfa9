"""Each service as a process of its own, run as its container would be: the image's environment and packages, the
compose file's settings, other addresses."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit, urlunsplit

from .containers import Stage, link_packages

_END_SECONDS = 30
_RUN_SECONDS = 120
_DATA = "/var/lib/kontor"


@dataclass
class Places:
    """Where things are that the compose file knows by a container's name."""

    # "identity:8000" → "127.0.0.1:40123"
    addresses: Mapping[str, str]
    # Ports of this machine that the compose file publishes → those that stand for them.
    published: Mapping[str, str]
    # The superuser's address of the database server.
    postgres: str

    def moved(self, name: str, value: str) -> str:
        """The value of a setting of this name."""
        if value.startswith("postgresql://"):
            return self._database(value)
        for container, place in self.addresses.items():
            host, _, port = container.partition(":")
            value = value.replace(f"//{container}", f"//{place}").replace(f"@{container}", f"@{place}")
            if name.endswith(("_HOST", "_PORT")):
                value = {host: "127.0.0.1", port: place.partition(":")[2]}.get(value, value)
        for port, place in self.published.items():
            value = value.replace(f"//localhost:{port}", f"//localhost:{place}")
        return value

    def _database(self, value: str) -> str:
        wanted, server = urlsplit(value), urlsplit(self.postgres)
        host = server.netloc.rpartition("@")[2]
        login = wanted.netloc.rpartition("@")[0]
        # The server's own superuser keeps its name: only the services' roles are made by us.
        login = server.netloc.rpartition("@")[0] if login.startswith("postgres:") else login
        return urlunsplit(("postgresql", f"{login}@{host}", wanted.path, server.query, ""))


@dataclass
class Containerless:
    """One container's program without the container."""

    image: Stage
    settings: Mapping[str, str]
    packages: Sequence[str]
    places: Places
    # Of this container alone: data, /tmp, working directory, packages.
    folder: Path
    root: Path
    process: "subprocess.Popen[bytes] | None" = None
    _output: IO[bytes] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        for name in ("data", "tmp", "work"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        link_packages(self.folder / "packages", list(self.packages))
        if any(line.startswith("--from=pages ") for line in self.image.all("COPY")):
            self._link_pages()

    def _link_pages(self) -> None:
        """What the Dockerfile's stage of that name has: the page packages of owners, and the words for their codes."""
        pages = self.folder / "pages"
        for package in self.root.glob("services/*/kontor_*"):
            link, found = pages / package.name, package
            if not package.name.endswith("_pages"):
                link, found = link / "locale", package / "locale"
            if found.is_dir() and not link.exists():
                link.parent.mkdir(parents=True, exist_ok=True)
                link.symlink_to(found)

    @property
    def environment(self) -> dict[str, str]:
        given = {**self.image.environment, **self.settings}
        made = {
            name: self.places.moved(name, str(value)).replace(_DATA, str(self.folder / "data"))
            for name, value in given.items()
            if name.startswith("KONTOR_")
        }
        # Listening addresses: the image's are those of a network of its own.
        made |= {name: "127.0.0.1" for name in made if name.endswith("_HOST") and made[name] == "0.0.0.0"}
        code = given["PYTHONPATH"].replace("/app/", f"{self.root}/")
        paths = f"{self.folder / 'packages'}:{code}:{self.folder / 'pages'}"
        return made | {"PYTHONPATH": paths, "TMPDIR": str(self.folder / "tmp")}

    def start(self, extra: Mapping[str, str]) -> None:
        self._output = (self.folder / "output.log").open("ab")
        self.process = subprocess.Popen(
            _without_site(self.image.command), env={**self.environment, **extra}, cwd=self.folder / "work",
            stdin=subprocess.DEVNULL, stdout=self._output, stderr=self._output, start_new_session=True,
        )  # fmt: skip

    def run(self, command: Sequence[str], entered: str = "") -> str:
        """Another program of the same image, to its end. AssertionError with its words where it fails."""
        done = subprocess.run(
            _without_site(command), env=self.environment, cwd=self.folder / "work",
            input=entered, capture_output=True, text=True, timeout=_RUN_SECONDS, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{' '.join(command)}: {done.stdout[-2000:]} {done.stderr[-4000:]}"
        return done.stdout

    def said(self) -> str:
        return (self.folder / "output.log").read_text(errors="replace")

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None


def end_all(containers: Iterable[Containerless]) -> list[int]:
    """Ends them as an engine does, all at once; their exit codes. Kills what does not end."""
    running = [one for one in containers if one.process is not None]
    for one in running:
        if one.runs and one.process is not None:
            one.process.send_signal(signal.SIGTERM)
    return [_ended(one) for one in running]


def _ended(one: Containerless) -> int:
    assert one.process is not None
    try:
        return one.process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(one.process.pid, signal.SIGKILL)
        return one.process.wait()
    finally:
        if one._output is not None:
            one._output.close()


def _without_site(command: Sequence[str]) -> list[str]:
    """This Python, without the packages that are installed for development."""
    assert command[0] == "python", command
    return [sys.executable, "-S", *command[1:]]

"""What the tests of the deployment look at: the services' settings, the Dockerfile, the compose file, the chart."""

import runpy
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from packaging.markers import Marker

from kontor_provider_doubles.settings import PORTS, DoubleSettings
from kontor_sandbox.settings import SandboxSettings
from kontor_service.services import services
from kontor_standalone.mailsink.settings import MailSinkSettings

from .containers import read_compose, read_dockerfile

ROOT = Path(__file__).parents[2]
# It runs in the builder as a script, before there is anything to import.
_packages = runpy.run_path(str(ROOT / "deploy/image/packages.py"))["packages"]


@dataclass(frozen=True)
class Part:
    """One program of the platform: how it is run and what it may be told."""

    name: str
    module: str
    settings: type
    prefix: str = "KONTOR_"
    # Inside its container: the port that answers HTTP, and others.
    ports: tuple[int, ...] = (8000, 9000)
    target: str = "service"
    # What follows the module where it is run.
    words: tuple[str, ...] = ()

    @property
    def port(self):
        return self.ports[0]

    @property
    def management(self):
        """Where it is asked for its health."""
        return self.ports[1] if self.target == "service" else self.port

    @property
    def variables(self):
        return {f"{self.prefix}{name.upper()}" for name in self.settings.model_fields}

    def strangers(self, environment):
        """Variables that look like settings and are none."""
        return {name for name in environment if name.startswith("KONTOR_")} - self.variables

    def told(self, environment, monkeypatch):
        """The settings as this environment makes them. Raises ValidationError."""
        for name, value in environment.items():
            monkeypatch.setenv(name, str(value))
        return self.settings()


def _default(settings, *names):
    return tuple(settings.model_fields[name].default for name in names)


SERVICES = {name: Part(name, f"kontor_{name}", settings) for name, settings in services().items()}
OUTSIDE = {
    "sandbox": Part(
        "sandbox", "kontor_sandbox", SandboxSettings, "KONTOR_SANDBOX_",
        _default(SandboxSettings, "port"), "sandbox",
    ),
    **{
        name: Part(
            name, "kontor_provider_doubles", DoubleSettings, "KONTOR_DOUBLE_", (port,), name, (name,)
        )
        for name, port in PORTS.items()
    },
    "mailsink": Part(
        "mailsink", "kontor_standalone.mailsink", MailSinkSettings, "KONTOR_MAILSINK_",
        _default(MailSinkSettings, "port", "smtp_port"), "mailsink",
    ),
}  # fmt: skip
PARTS = SERVICES | OUTSIDE


@pytest.fixture(scope="session")
def parts():
    return PARTS


@pytest.fixture(params=list(PARTS))
def part(request):
    return PARTS[request.param]


@pytest.fixture(params=list(SERVICES))
def service(request):
    return PARTS[request.param]


@pytest.fixture(scope="session")
def stages(compose):
    """Of each part, the Dockerfile as it is read for it: stage by name."""
    built = {name: compose["services"][name]["build"].get("args", {}) for name in PARTS}
    # What is not built for a service has no use for the stages that take its name.
    return {name: read_dockerfile(ROOT / "Dockerfile", {"service": "none", **args}) for name, args in built.items()}


@pytest.fixture(scope="session")
def images(stages):
    """Each part's image by its name."""
    return {name: found[PARTS[name].target] for name, found in stages.items()}


@pytest.fixture(scope="session")
def compose():
    return read_compose(ROOT / "docker-compose.yml")


@pytest.fixture(scope="session")
def value_sets():
    """The chart's example values by name."""
    return {path.stem: yaml.safe_load(path.read_text()) for path in (ROOT / "deploy/helm/kontor/ci").glob("*.yaml")}


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def packages_of(images, stages):
    """The locked packages of an image by name, as its install.sh and pip choose them."""

    def chosen(name):
        stage = images[name]
        while not (origins := [origin for origin, _, _ in stage.copies() if origin]):
            stage = stage.base
        command = stages[name][origins[0]].own("RUN")[-1]
        assert command.startswith("sh install.sh "), command
        locked = _packages(command.split()[2:], ROOT)
        return {name: one for name, one in locked.items() if _for_this_platform(one.lines[0])}

    return chosen


def _for_this_platform(line):
    _, _, marker = line.rstrip("\\ ").partition(" ; ")
    return not marker or Marker(marker).evaluate()

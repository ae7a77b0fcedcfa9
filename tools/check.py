"""The tests of what changed since main: python tools/check.py [argument of pytest …]

A file belongs to the package whose folder it is in; a package that changed concerns those that import it, and theirs.
Tests run where they stand beside such a package or import it. What drives the whole platform is for `make test`.
"""

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[1]
_IMPORT = re.compile(r"^\s*(?:from|import) (kontor\.\w+|kontor_\w+)", re.MULTILINE)
# Quick, and about everybody's promises.
_ALWAYS = ("tests/contract",)
_WHOLE_PLATFORM = ("tests/e2e", "tests/security", "tests/faults", "tests/bench")
# Starts all the others, whom its own users do not mean by it.
_ON_TOP = "kontor_standalone"
# These find owners' pages by their names, without importing them.
_EDGES = ("kontor_gateway", "kontor_admin")
# What holds for all packages and is in none of them.
_EVERYTHING = ("pyproject.toml", "requirements.lock", "conftest.py")
_DEPLOYMENT = ("deploy/", "Dockerfile", "docker-compose.yml", *_EVERYTHING)


def _git(*words: str) -> list[str]:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")  # noqa: S603, S607


def changed_files() -> list[str]:
    """Since the branch left main, with what is not committed yet."""
    base = _git("merge-base", "HEAD", "main")[0]
    found = [*_git("diff", "--name-only", base), *_git("ls-files", "--others", "--exclude-standard")]
    return sorted({path for path in found if path})


def package_of(path: str) -> str | None:
    """E.g. kontor_meters, or kontor.meters for a contract. None for what belongs to no package."""
    parts = path.split("/")
    if "kontor" in parts[:-2]:
        return f"kontor.{parts[parts.index('kontor') + 1]}"
    if parts[0] not in ("libs", "services") or len(parts) < 3:
        return None
    return parts[2] if parts[2].startswith("kontor_") else f"kontor_{parts[1].removeprefix('kontor-')}"


def imports(folder: Path) -> set[str]:
    return {name for file in folder.rglob("*.py") for name in _IMPORT.findall(file.read_text())}


def concerned(changed: set[str]) -> set[str]:
    """The changed packages and all that import them, directly or by way of others."""
    packages = {path.name: imports(path) for group in ("libs", "services") for path in ROOT.glob(f"{group}/*/kontor_*")}
    packages.pop(_ON_TOP)
    for edge in _EDGES:
        packages[edge] |= {name for name in packages if name.endswith("_pages")}
    found = set(changed)
    while more := {name for name, used in packages.items() if name not in found and used & found}:
        found |= more
    return found


def homes(files: Iterable[str]) -> list[str]:
    """The folders of tests to run."""
    changed = {package for path in files if "/tests/" not in path and (package := package_of(path))}
    hit = concerned(changed)
    everything = any(path in _EVERYTHING for path in files)
    found = set(_ALWAYS)
    for folder in [*ROOT.glob("libs/*/tests"), *ROOT.glob("services/*/tests")]:
        path = folder.relative_to(ROOT).as_posix()
        beside = {package.name for package in folder.parent.glob("kontor_*")}
        if everything or (beside | imports(folder)) & hit or any(one.startswith(path) for one in files):
            found.add(path)
    found |= {path for path in (*_WHOLE_PLATFORM, "tests/deploy") if any(one.startswith(f"{path}/") for one in files)}
    if any(one.startswith(_DEPLOYMENT) for one in files):
        found.add("tests/deploy")
    return sorted(found)


def main(more: list[str]) -> int:
    chosen = homes(changed_files())
    print("Tests of", ", ".join(chosen), flush=True)
    command = [sys.executable, "-m", "pytest", "-q", "-n", "auto", "--maxprocesses", "6", "--dist", "loadfile"]
    return subprocess.run([*command, *chosen, *more], cwd=ROOT, check=False).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

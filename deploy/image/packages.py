"""The part of requirements.lock that one image needs, with its hashes: python packages.py services/identity | NAME …

An argument with a slash is a project: the packages its pyproject.toml names, those of the libraries it names, and
everything the lock says came because of them. Other arguments are packages. Standard library only: it runs before
anything is installed. Resolves nothing, so what runs in the image is what was locked and tested.
"""

import re
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_ENTRY = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==")
_NAME = re.compile(r"^[A-Za-z0-9._-]+")
_VIA = re.compile(r"^\s+#(?: via)?\s+(?P<name>[A-Za-z0-9._-]+)")


@dataclass(frozen=True)
class Locked:
    """One package of the lock: its lines as they stand there, and the packages that wanted it."""

    lines: tuple[str, ...]
    wanted_by: frozenset[str]


def read_lock(text: str) -> dict[str, Locked]:
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in text.splitlines():
        if entry := _ENTRY.match(line):
            lines = found.setdefault(entry["name"].lower(), [])
        lines.append(line)
    return {name: _locked(lines) for name, lines in found.items()}


def _locked(lines: list[str]) -> Locked:
    wanted_by = frozenset(via["name"].lower() for line in lines if (via := _VIA.match(line)))
    return Locked(tuple(line for line in lines if "#" not in line), wanted_by)


def chosen(lock: dict[str, Locked], names: Iterable[str]) -> dict[str, Locked]:
    """These packages and what came because of them. KeyError names a package that is not locked."""
    missing = sorted(set(names) - set(lock))
    if missing:
        raise KeyError(f"not in requirements.lock: {', '.join(missing)}")
    wanted = set(names)
    while more := {name for name, locked in lock.items() if name not in wanted and locked.wanted_by & wanted}:
        wanted |= more
    return {name: lock[name] for name in sorted(wanted)}


def named_by(project: Path, libraries: Path) -> set[str]:
    """The foreign packages that this project and the libraries it names depend on."""
    pyproject = tomllib.loads((project / "pyproject.toml").read_text())
    names = {_NAME.match(line)[0].lower() for line in pyproject["project"]["dependencies"]}  # type: ignore[index]
    own = {name for name in names if name.startswith("kontor-")}
    foreign = names - own
    for name in own:
        foreign |= named_by(libraries / name, libraries)
    return foreign


def packages(arguments: Iterable[str], root: Path) -> dict[str, Locked]:
    """What an image with these arguments gets, from the lock and the projects under `root`."""
    names: set[str] = set()
    for argument in arguments:
        names |= named_by(root / argument, root / "libs") if "/" in argument else {argument}
    return chosen(read_lock((root / "requirements.lock").read_text()), names)


if __name__ == "__main__":
    for locked in packages(sys.argv[1:], Path.cwd()).values():
        print("\n".join(locked.lines))

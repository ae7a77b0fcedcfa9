"""Reading Dockerfile and docker-compose.yml as an engine would, for tests where there is none."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import yaml

_VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::-(?P<default>[^}]*))?\}")


@dataclass
class Stage:
    """One FROM of a Dockerfile with its instructions, joined lines and without comments."""

    name: str
    base: "Stage | str"
    instructions: list[tuple[str, str]] = field(default_factory=list)

    def own(self, keyword: str) -> list[str]:
        return [arguments for word, arguments in self.instructions if word == keyword]

    def all(self, keyword: str) -> list[str]:
        """With what the stages below say, lowest first."""
        below = self.base.all(keyword) if isinstance(self.base, Stage) else []
        return below + self.own(keyword)

    @property
    def command(self) -> list[str]:
        command: list[str] = json.loads(self.all("CMD")[-1])
        return command

    @property
    def health(self) -> list[str]:
        command: list[str] = json.loads(self.all("HEALTHCHECK")[-1].partition("CMD ")[2])
        return command

    @property
    def ports(self) -> set[int]:
        return {int(port) for port in self.own("EXPOSE")[-1].split()}

    @property
    def environment(self) -> dict[str, str]:
        made: dict[str, str] = {}
        for line in self.all("ENV"):
            for pair in line.split():
                name, _, value = pair.partition("=")
                made[name] = re.sub(r"\$(\w+)", lambda found: made.get(found[1], ""), value)
        return made

    def copies(self) -> Iterator[tuple[str | None, list[str], str]]:
        """(stage copied from or None for the repository, sources, destination) of each COPY."""
        for line in self.own("COPY"):
            words = line.split()
            origin = words.pop(0).removeprefix("--from=") if words[0].startswith("--from=") else None
            yield origin, words[:-1], words[-1]


def read_dockerfile(path: Path, given: Mapping[str, str]) -> dict[str, Stage]:
    """Its stages by name, in order, built with these arguments.

    KeyError where one stands on a stage that is not above it and has no tag, or uses an argument that is not given.
    """
    text = re.sub(r"\$\{(\w+)\}", lambda found: given[found[1]], path.read_text())
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    stages: dict[str, Stage] = {}
    current: Stage | None = None
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        keyword, _, arguments = line.partition(" ")
        if keyword == "FROM":
            base, _, name = arguments.partition(" AS ")
            current = stages[name] = Stage(name, base if ":" in base else stages[base])
        else:
            assert current is not None, line
            current.instructions.append((keyword, arguments.strip()))
    return stages


def read_compose(path: Path, environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The file with ${NAME:-default} filled in from `environment`."""

    def fill(found: re.Match[str]) -> str:
        return (environment or {}).get(found["name"]) or found["default"] or ""

    compose: dict[str, Any] = yaml.safe_load(_VARIABLE.sub(fill, path.read_text()))
    return compose


def link_packages(folder: Path, names: list[str]) -> None:
    """Fills a folder with links to exactly these installed packages: what an image has, and nothing else.

    Packages that share a top folder (google, opentelemetry) are linked file by file.
    """
    tops: dict[str, set[str]] = {}
    files: dict[str, list[Path]] = {}
    for name in names:
        found = distribution(name)
        files[name] = [Path(str(found.locate_file(file))) for file in found.files or [] if file.parts[0] != ".."]
        root = Path(str(found.locate_file("")))
        for file in files[name]:
            tops.setdefault(file.relative_to(root).parts[0], set()).add(name)
    for name in names:
        root = Path(str(distribution(name).locate_file("")))
        for file in files[name]:
            relative = file.relative_to(root)
            alone = len(tops[relative.parts[0]]) == 1
            _link(
                folder / relative.parts[0] if alone else folder / relative, root / relative.parts[0] if alone else file
            )


def _link(link: Path, target: Path) -> None:
    if not link.is_symlink() and target.exists():
        link.parent.mkdir(parents=True, exist_ok=True)
        os.symlink(target, link)

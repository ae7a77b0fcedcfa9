"""Layers, held by import-linter: services import no service, libraries import no service, the bus knows none of them.

The services are whatever folders there are, so that a new one is held to it without being named anywhere.
"""

import sys
import tempfile
from pathlib import Path

from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[1]
_ON_TOP = "kontor_standalone"
# Each may import what stands below it; what stands beside it, it may not.
_LIBRARIES = ("kontor_edge", "kontor_web", "kontor_service", "kontor_bus", "kontor_events")


def services() -> list[str]:
    """The packages under services/, without the one that runs them all."""
    return sorted({path.name for path in (ROOT / "services").glob("*/kontor_*") if path.is_dir()} - {_ON_TOP})


def contract() -> str:
    # What tests stand on is beside the services: they do not know it, and it does not know them.
    layers = [_ON_TOP, " | ".join([*services(), "kontor_testing"]), *_LIBRARIES]
    packages = [name for layer in layers for name in layer.split(" | ")]
    return "\n".join([
        "[importlinter]", "root_packages =", *(f"    {name}" for name in packages),
        "[importlinter:contract:layers]", "name = Services import no service, libraries import no service",
        "type = layers", "layers =", *(f"    {layer}" for layer in layers),
    ])  # fmt: skip


def main() -> int:
    with tempfile.NamedTemporaryFile("w", suffix=".ini") as file:
        file.write(contract())
        file.flush()
        return lint_imports(file.name, cache_dir=str(ROOT / ".import_linter_cache"), no_logo=True)


if __name__ == "__main__":
    sys.exit(main())

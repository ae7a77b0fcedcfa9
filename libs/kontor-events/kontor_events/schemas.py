"""What other systems hand in, as JSON Schema: generated from the owners' models, beside the contract's code."""

import json
from pathlib import Path
from typing import Any

from kontor_events.registry import contexts, rules_of


def schema_file(kind: str) -> Path:
    """Of one of the kinds that an owner's contract lists as `ingest`."""
    context = next(name for name in contexts() if kind in rules_of(name).ingest)
    return Path(str(contexts()[context].__file__)).with_name(f"{kind}.schema.json")


def ingest_schema(kind: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(schema_file(kind).read_text())
    return found

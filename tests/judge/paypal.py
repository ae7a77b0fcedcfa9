"""Whether the requests that the double of PayPal takes are those of PayPal's published OpenAPI documents."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

from kontor_provider_doubles.paypal.shapes import NEWER, Body

_DOCUMENTS = "https://github.com/paypal/paypal-rest-api-specifications"
_ANYTHING = {"^.*$", "^.+$", "^[\\S\\s]*$"}
Schema = dict[str, Any]


def documents(supplied: Path, work: Path) -> Path:
    """The folder with PayPal's documents: named by KONTOR_PAYPAL_DOCUMENTS, beside the project, or fetched from PayPal."""
    named = os.environ.get("KONTOR_PAYPAL_DOCUMENTS")
    if named:
        return Path(named)
    if supplied.is_dir():
        return supplied
    subprocess.run(["git", "clone", "--quiet", "--depth", "1", _DOCUMENTS, str(work / "paypal")], check=True)
    return work / "paypal" / "openapi"


def deviations(folder: Path) -> list[str]:
    """Where a request that the double takes would not be one that PayPal takes."""
    found: list[str] = []
    for body in Body.__subclasses__():
        document, name = body.follows
        theirs = json.loads((folder / f"{document}.json").read_text())
        mine = body.model_json_schema()
        found += _compare(mine, mine, theirs["components"]["schemas"][name], theirs, body.__name__)
    return found


def _compare(mine: Schema, my_root: Schema, theirs: Schema, their_root: Schema, at: str) -> list[str]:
    mine, theirs = _resolved(mine, my_root), _resolved(theirs, their_root)
    if mine.get("type") == "object":
        return _compare_objects(mine, my_root, theirs, their_root, at)
    if mine.get("type") == "array":
        wrong = [] if _within(mine, theirs, "maxItems", "minItems") else [f"{at}: another number of items"]
        return wrong + _compare(mine["items"], my_root, theirs["items"], their_root, f"{at}[]")
    if mine.get("type") != theirs.get("type", mine.get("type")):
        return [f"{at}: {mine.get('type')} instead of {theirs.get('type')}"]
    return _compare_texts(mine, theirs, at)


def _compare_objects(mine: Schema, my_root: Schema, theirs: Schema, their_root: Schema, at: str) -> list[str]:
    known = theirs.get("properties", {})
    wrong = [f"{at}.{name}: not in PayPal's document" for name in mine["properties"] if name not in known]
    lacking = set(theirs.get("required", [])) - set(mine.get("required", []))
    wrong += [f"{at}.{name}: required by PayPal" for name in sorted(lacking)]
    for name, field in mine["properties"].items():
        if name in known:
            wrong += _compare(field, my_root, known[name], their_root, f"{at}.{name}")
    return wrong


def _compare_texts(mine: Schema, theirs: Schema, at: str) -> list[str]:
    words = [mine["const"]] if "const" in mine else mine.get("enum")
    if words is not None:
        allowed, pattern = theirs.get("enum"), theirs.get("pattern", "")
        strange = [
            w for w in words if w not in NEWER and ((allowed and w not in allowed) or not re.search(pattern, str(w)))
        ]
        return [f"{at}: {word} is no word of PayPal's" for word in strange]
    wrong = [] if _within(mine, theirs, "maxLength", "minLength") else [f"{at}: another length"]
    pattern = theirs.get("pattern")
    if pattern and pattern not in _ANYTHING and mine.get("pattern") != pattern:
        wrong.append(f"{at}: {mine.get('pattern')} instead of {pattern}")
    return wrong


def _within(mine: Schema, theirs: Schema, most: str, least: str) -> bool:
    """What is allowed here is allowed there."""
    return (most not in theirs or mine.get(most, float("inf")) <= theirs[most]) and (
        least not in theirs or mine.get(least, 0) >= theirs[least]
    )


def _resolved(schema: Schema, root: Schema) -> Schema:
    """References followed, the parts of an allOf put together, and "or null" left out."""
    options = [one for one in schema.get("anyOf", []) if one.get("type") != "null"]
    if len(options) == 1:
        return _resolved(options[0], root)
    found: Schema = {name: value for name, value in schema.items() if name not in ("$ref", "allOf")}
    parts = [_followed(schema["$ref"], root)] if "$ref" in schema else []
    for part in (_resolved(one, root) for one in [*parts, *schema.get("allOf", [])]):
        merged = {"properties": {**found.get("properties", {}), **part.get("properties", {})}}
        merged["required"] = [*found.get("required", []), *part.get("required", [])]
        found = {**part, **found, **{name: value for name, value in merged.items() if value}}
    return found


def _followed(reference: str, root: Schema) -> Schema:
    place: Any = root
    for name in reference.removeprefix("#/").split("/"):
        place = place[name]
    return dict(place)

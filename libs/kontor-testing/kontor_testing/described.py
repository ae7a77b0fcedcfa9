"""Answers as an API's description promises them: every JSON answer that a test's client gets under /api/ is held to it."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import jsonschema  # type: ignore[import-untyped]
from fastapi import FastAPI


def held_to_description(app: FastAPI) -> dict[str, list[Callable[[httpx.Response], Awaitable[None]]]]:
    """`event_hooks` of an httpx client. An answer with a field that is not described fails as one without a field that is."""

    async def check(response: httpx.Response) -> None:
        path = response.request.url.path
        if path.startswith("/api/") and response.is_success and path != "/api/openapi.json":
            await response.aread()
            if response.headers.get("content-type") == "application/json":
                check_answer(app.openapi(), response.request.method, path, response.status_code, response.json())

    return {"response": [check]}


def check_answer(description: dict[str, Any], method: str, path: str, status: int, answer: Any) -> None:
    operation = _operation(description["paths"], method.lower(), path)
    schema = operation["responses"][str(status)]["content"]["application/json"]["schema"]
    wrong = list(validator(description, schema).iter_errors(answer))
    assert not wrong, f"{method} {path}: " + "; ".join(f"{one.json_path}: {one.message[:300]}" for one in wrong)


def validator(description: dict[str, Any], schema: dict[str, Any]) -> jsonschema.Draft202012Validator:
    schemas = {name: _without_other_fields(one) for name, one in description["components"]["schemas"].items()}
    return jsonschema.Draft202012Validator({**_without_other_fields(schema), "components": {"schemas": schemas}})


def _operation(paths: dict[str, Any], method: str, path: str) -> dict[str, Any]:
    """The one that says most of the path: `/documents/parked` is no `/documents/{id}`."""
    fitting = [one for one in paths if method in paths[one] and re.fullmatch(re.sub(r"\{[^}]+\}", ".+", one), path)]
    assert fitting, f"{method} {path} is not described"
    found: dict[str, Any] = paths[max(fitting, key=lambda one: len(re.sub(r"\{[^}]+\}", "", one)))][method]
    return found


def _without_other_fields(schema: Any) -> Any:
    """The schema, refusing fields that it does not describe; a schema without fields stays open."""
    if isinstance(schema, list):
        return [_without_other_fields(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: _without_other_fields(one) for name, one in schema.items()}
    return {"additionalProperties": False} | closed if isinstance(schema.get("properties"), dict) else closed

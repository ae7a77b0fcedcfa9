"""What is handed in and what travels on the bus, described: as the models and the contract are now, with examples that hold."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
from asyncapi3.models.asyncapi import AsyncAPI3
from pydantic import ValidationError

from kontor_admin.features import FEATURES
from kontor_bus.ingest.topology import KINDS
from kontor_events.registry import types
from kontor_events.schemas import ingest_schema
from kontor_gateway.openapi import ERRORS
from kontor_meters.batches.formats.items import json_body
from kontor_testing.described import validator
from tests.security.routes import published
from tools.schemas import MODELS, asyncapi, json_schema

ROOT = Path(__file__).parents[2]
SPECIFIED = json.loads((ROOT / "docs/asyncapi.json").read_text())


def test_every_kind_of_input_has_a_schema():
    assert set(MODELS) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_schemas_are_generated_anew_after_a_change(kind):
    assert ingest_schema(kind) == json_schema(kind), "run make proto"


@pytest.mark.parametrize("kind", KINDS)
def test_examples_are_what_the_owner_takes(kind):
    schema = ingest_schema(kind)
    assert schema["examples"]
    for example in schema["examples"]:
        jsonschema.Draft202012Validator(schema).validate(example)
        MODELS[kind].model_validate(example)


def test_the_example_of_readings_is_read_as_it_is_described():
    [example] = ingest_schema("readings")["examples"]
    body = json_body(json.dumps(example).encode())
    assert (len(body.readings), len(body.intervals), body.problems) == (1, 1, [])


def test_the_bus_is_described_anew_after_a_change():
    assert json.loads(json.dumps(asyncapi())) == SPECIFIED, "run make proto"


def test_the_bus_description_names_every_event_and_every_input():
    addresses = {*types(), *(f"{kind}.{{merchant}}" for kind in KINDS)}
    assert {channel["address"] for channel in SPECIFIED["channels"].values()} == addresses
    assert set(SPECIFIED["channels"]) == set(SPECIFIED["operations"])


def test_the_bus_description_is_asyncapi_3():
    assert AsyncAPI3.model_validate(SPECIFIED).asyncapi == "3.0.0"
    with pytest.raises(ValidationError):
        AsyncAPI3.model_validate(SPECIFIED | {"channel": {}})


def test_what_the_bus_description_refers_to_is_there():
    references = set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(SPECIFIED)))
    assert references
    for reference in references:
        root, *steps = reference.split("/")
        assert root == "#", reference
        found = SPECIFIED
        for step in steps:
            found = found.get(step, {})
        assert found, reference


@pytest.mark.parametrize("channel", sorted(SPECIFIED["channels"]))
def test_the_examples_of_a_message_fit_its_schema(channel):
    [message] = SPECIFIED["channels"][channel]["messages"].values()
    validator = jsonschema.Draft202012Validator({**message["payload"], "components": SPECIFIED["components"]})
    assert message["examples"]
    for example in message["examples"]:
        assert list(validator.iter_errors(example["payload"])) == []


EDGES = {edge: published(edge) for edge in ("gateway", "admin")}
OPERATIONS = [
    (edge, method, path) for edge, api in EDGES.items() for path, methods in api["paths"].items() for method in methods
]


@pytest.mark.parametrize(("edge", "method", "path"), OPERATIONS)
def test_every_answer_of_an_edge_has_a_schema_and_an_example_that_fits(edge, method, path):
    api = EDGES[edge]
    contents = [
        content
        for status, answer in api["paths"][path][method]["responses"].items() if status < "300"
        for content in answer["content"].values()
    ]  # fmt: skip
    assert contents
    for content in contents:
        assert content["schema"].keys() - {"title"}, "an answer without a type"
        assert list(validator(api, content["schema"]).iter_errors(content["example"])) == []


@pytest.mark.parametrize("edge", EDGES)
def test_generated_clients_get_plain_names(edge):
    assert [name for name in EDGES[edge]["components"]["schemas"] if "__" in name] == []


@pytest.mark.parametrize("page", ["board", "customer"])
def test_panels_that_features_bring_are_described(page):
    panels = {feature.name for feature in FEATURES for panel in feature.panels if panel.page == page}
    schema = EDGES["admin"]["components"]["schemas"][f"{page.capitalize()}Panels"]
    assert set(schema["properties"]) == panels, "kontor_admin/api/answers.py"


def test_an_answer_with_an_unknown_field_does_not_fit_the_description():
    api = EDGES["gateway"]
    schema = {"$ref": "#/components/schemas/Accepted"}
    example = {"id": "01939a5e-6f1c-7c3a-9d2e-2f6a51b6c0de", "status_url": "https://portal.example"}
    assert validator(api, schema).is_valid(example)
    assert not validator(api, schema).is_valid(example | {"more": 1})


def test_documented_errors_are_those_of_the_description():
    table = (ROOT / "docs/api.md").read_text().partition("## Errors")[2]
    documented = {
        (code, status)
        for codes, statuses in re.findall(r"^\| (`[^|]+) \| ([^|]+) \|", table, re.MULTILINE)
        for code in re.findall(r"`(\w+)`", codes)
        for status in re.findall(r"\d{3}", statuses)
    }
    assert documented == {(code, status) for status, (_meaning, codes) in ERRORS.items() for code in codes}


def test_every_documented_error_is_one_of_the_product():
    sources = [path.read_text() for place in ("libs", "services") for path in (ROOT / place).rglob("kontor_*/**/*.py")]
    product = "\n".join(sources)
    for _meaning, codes in ERRORS.values():
        assert [code for code in codes if f'"{code}"' not in product] == []

"""What other systems hand in as JSON Schema, and the bus as AsyncAPI: from the owners' models and the contract (make proto).

The schemas stand beside the contract's code, where the gateway's OpenAPI finds them; AsyncAPI is docs/asyncapi.json.
"""

import json
import sys
from pathlib import Path
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from pydantic import BaseModel

from kontor.common.v1 import options_pb2
from kontor_documents.content.model import DocumentData
from kontor_events.examples import example_of
from kontor_events.registry import codes_of, feed_types, types
from kontor_events.schemas import component_name, ingest_components, schema_file
from kontor_identity.customers.service import CustomerMessage
from kontor_meters.batches.formats.message import ReadingsMessage
from kontor_meters.meters.inputs import IncomingMeter
from kontor_payments.bookings.inputs import IncomingPaymentInput

MODELS: dict[str, type[BaseModel]] = {
    "documents": DocumentData,
    "customers": CustomerMessage,
    "payments": IncomingPaymentInput,
    "meters": IncomingMeter,
    "readings": ReadingsMessage,
}
_ASYNCAPI = Path(__file__).parents[1] / "docs/asyncapi.json"
_INTEGERS = {FieldDescriptor.CPPTYPE_INT32, FieldDescriptor.CPPTYPE_UINT32}
_LONG = {FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_UINT64}
_FLOATS = {FieldDescriptor.CPPTYPE_DOUBLE, FieldDescriptor.CPPTYPE_FLOAT}


def json_schema(kind: str) -> dict[str, Any]:
    """One thing of this kind, as its owner reads it."""
    found: dict[str, Any] = _plain(MODELS[kind].model_json_schema())
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | found


def _plain(schema: Any) -> Any:
    """ "Empty, or an address" is a text: generated code cannot tell one text from another."""
    if isinstance(schema, list):
        return [_plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    texts = [one for one in schema.get("anyOf", ()) if one.get("type") == "string"]
    if len(texts) > 1:
        others = [one for one in schema["anyOf"] if one not in texts]
        rest = {name: value for name, value in schema.items() if name != "anyOf"}
        schema = rest | ({"anyOf": [{"type": "string"}, *others]} if others else {"type": "string"})
    return {name: _plain(value) for name, value in schema.items()}


def asyncapi() -> dict[str, Any]:
    """Events out (for parts of the platform), and messages in (for other systems)."""
    events = dict(sorted(types().items()))
    schemas: dict[str, Any] = {}
    channels = {_id(name): _event_channel(name, message, schemas) for name, message in events.items()}
    operations = {
        _id(name): {
            "action": "send", "channel": {"$ref": f"#/channels/{_id(name)}"},
            "summary": "Also in the events feed" if message in feed_types() else "Between parts of the platform",
        }
        for name, message in events.items()
    }  # fmt: skip
    for kind in MODELS:
        schemas |= ingest_components(kind)
        channels[f"ingest_{kind}"] = _ingest_channel(kind, schemas[component_name(kind)]["examples"])
        operations[f"ingest_{kind}"] = {"action": "receive", "channel": {"$ref": f"#/channels/ingest_{kind}"}}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Kontor's bus", "version": "1",
            "description": "Facts on the exchange kontor.events as protobuf (JSON mapping in the events feed), and what other "
            "systems hand in over the vhost ingest. Promises and access: docs/bus.md.",
        },
        "defaultContentType": "application/protobuf",
        "servers": {
            "events": {"host": "rabbitmq:5672", "pathname": "/", "protocol": "amqp", "description": "Inside the platform"},
            "ingest": {"host": "rabbitmq:5672", "pathname": "/ingest", "protocol": "amqp", "description": "For other systems"},
        },
        "channels": channels,
        "operations": operations,
        "components": {"schemas": schemas},
    }  # fmt: skip


def _id(name: str) -> str:
    """AsyncAPI's keys take no points; `address` has the name as it is."""
    return name.replace(".", "_")


def _event_channel(name: str, message: type[Message], schemas: dict[str, Any]) -> dict[str, Any]:
    told, payload = message.DESCRIPTOR.name, _schema_of(message.DESCRIPTOR, schemas)
    return {
        "address": name,
        "servers": [{"$ref": "#/servers/events"}],
        "messages": {
            told: {
                "name": name,
                "payload": payload,
                "examples": [{"payload": example_of(payload, schemas)}],
            }
        },
        "bindings": {"amqp": {"is": "routingKey", "exchange": {"name": "kontor.events", "type": "topic", "durable": True}}},
    }  # fmt: skip


def _ingest_channel(kind: str, examples: list[Any]) -> dict[str, Any]:
    name = component_name(kind)
    return {
        "address": f"{kind}.{{merchant}}",
        "parameters": {"merchant": {"description": "The merchant's slug; the property user-id is the system's own user"}},
        "servers": [{"$ref": "#/servers/ingest"}],
        "messages": {
            name: {
                "contentType": "application/json",
                "payload": {"$ref": f"#/components/schemas/{name}"},
                "examples": [{"payload": example} for example in examples],
            }
        },
        "bindings": {"amqp": {"is": "routingKey", "exchange": {"name": "ingest", "type": "topic", "durable": True}}},
    }  # fmt: skip


def _schema_of(message: Descriptor, schemas: dict[str, Any]) -> dict[str, Any]:
    """protobuf's JSON mapping; what is not set is left out."""
    if message.full_name == Timestamp.DESCRIPTOR.full_name:
        return {"type": "string", "format": "date-time"}
    name = _id(message.full_name)
    if name not in schemas:
        schemas[name] = {"type": "object"}
        properties = {field.name: _field(field, schemas) for field in message.fields}
        schemas[name] |= {"properties": properties}
    return {"$ref": f"#/components/schemas/{name}"}


def _field(field: FieldDescriptor, schemas: dict[str, Any]) -> dict[str, Any]:
    kind = field.message_type
    if kind is not None and kind.GetOptions().map_entry:
        return {"type": "object", "additionalProperties": _field(kind.fields_by_name["value"], schemas)}
    one = _schema_of(kind, schemas) if kind is not None else _scalar(field)
    return {"type": "array", "items": one} if field.is_repeated else one


def _scalar(field: FieldDescriptor) -> dict[str, Any]:
    if field.cpp_type in _LONG:
        return {"type": "string", "pattern": r"^-?\d+$"}
    if field.cpp_type in _INTEGERS:
        return {"type": "integer"}
    if field.cpp_type in _FLOATS:
        return {"type": "number"}
    if field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        return {"type": "boolean"}
    codes = field.GetOptions().Extensions[options_pb2.codes]
    # Codes may be added, so that they are named and not demanded.
    known = {"examples": sorted(codes_of(field.file.package, codes))} if codes else {}
    return {"type": "string"} | known


def main(check: bool) -> None:
    """Writes what is described; with `check` only says what is not as it would be written."""
    described = {schema_file(kind): json_schema(kind) for kind in MODELS}
    stale = _stale(described)
    if not check:
        for path in stale:
            path.write_text(_text_of(described[path]))
    described = {_ASYNCAPI: asyncapi()}
    stale += _stale(described)
    if check and stale:
        sys.exit(f"{', '.join(path.name for path in stale)}: run make proto")
    _ASYNCAPI.write_text(_text_of(described[_ASYNCAPI]))


def _stale(described: dict[Path, dict[str, Any]]) -> list[Path]:
    return [path for path, now in described.items() if not path.exists() or path.read_text() != _text_of(now)]


def _text_of(described: dict[str, Any]) -> str:
    return json.dumps(described, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    main(check="--check" in sys.argv)

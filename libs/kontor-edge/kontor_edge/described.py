"""What an edge answers in JSON, as models for its API's description: derived from the contract where the copy says it again."""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from pydantic import BaseModel, Field, WithJsonSchema, create_model
from starlette.responses import Response

from kontor.common.v1 import options_pb2
from kontor_edge.values import FIXED
from kontor_events.registry import codes_of, contexts

_PLAIN = {
    FieldDescriptor.CPPTYPE_BOOL: bool, FieldDescriptor.CPPTYPE_STRING: str, FieldDescriptor.CPPTYPE_INT32: int,
    FieldDescriptor.CPPTYPE_INT64: int, FieldDescriptor.CPPTYPE_UINT32: int, FieldDescriptor.CPPTYPE_UINT64: int,
    FieldDescriptor.CPPTYPE_DOUBLE: float, FieldDescriptor.CPPTYPE_FLOAT: float,
}  # fmt: skip
Instant = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class Amount(BaseModel):
    minor_units: Annotated[int, Field(examples=[11_900])]
    currency: Annotated[str, Field(examples=["EUR"])]


def answers(model: Any) -> dict[str, Any]:
    """The options by which OpenAPI describes a route that returns ready-made JSON: its answers have the form of `model`."""
    return {"responses": {200: {"model": model}}, "response_class": Response}


def component(name: str) -> Any:
    """What stands in the API's description under this name already, or None."""
    schema = {"anyOf": [{"$ref": f"#/components/schemas/{name}"}, {"type": "null"}]}
    return Annotated[dict[str, Any] | None, WithJsonSchema(schema)]


def many(one: Any) -> Any:
    return list[one]


def by_name(one: Any) -> Any:
    return dict[str, one]


def model(name: str, /, *parts: Mapping[str, Any], doc: str = "", **more: Any) -> Any:
    """A model of these fields, each a type or (type, default)."""
    types = dict(_field(*one) for part in (*parts, more) for one in part.items())
    return create_model(name, __doc__=doc or None, **types)


def _field(name: str, kind: Any) -> tuple[str, Any]:
    """Under another name, with its own as alias, where every class has an attribute of this name (`register`)."""
    return (f"{name}_", Annotated[kind, Field(alias=name)]) if hasattr(BaseModel, name) else (name, kind)


def listed(name: str, entry: Any, **facts: Any) -> Any:
    """What `Listing.json` answers: a page of entries, and facts beside them."""
    return model(name, entries=many(entry), next=str | None, previous=str | None, **facts)


def fields(state: type[Message] | Descriptor, names: str = "", *, null: str = "", without: str = "") -> dict[str, Any]:
    """Types of a state's fields as `values.whole` says them: of `names`, else of all. Texts of `null` are None where they are
    empty."""
    descriptor = state if isinstance(state, Descriptor) else state.DESCRIPTOR
    known = {field.name: field for field in descriptor.fields if field.name not in FIXED}
    chosen = [name for name in (names.split() or known) if name not in without.split()]
    nullable = null.split()
    return {name: _type(known[name], name in nullable) for name in (*chosen, *(n for n in nullable if n not in chosen))}


def state_model(state: type[Message]) -> Any:
    """The type of a whole state, with all its fields."""
    return _model_of(state.DESCRIPTOR)


@cache
def _model_of(descriptor: Descriptor) -> Any:
    return model(_title(descriptor), fields(descriptor))


def _title(descriptor: Descriptor) -> str:
    """Its name, after its context's where several contexts have one of that name."""
    same = [
        name for name, contract in contexts().items() if descriptor.name in contract.DESCRIPTOR.message_types_by_name
    ]
    context = descriptor.full_name.split(".")[1].removesuffix("s").capitalize()
    return f"{context}{descriptor.name}" if len(same) > 1 else descriptor.name


def _type(field: Any, nullable: bool) -> Any:
    kind = field.message_type
    if kind is not None and kind.GetOptions().map_entry:
        return by_name(_type(kind.fields_by_name["value"], False))
    one = _message(kind, field.is_repeated) if kind is not None else _scalar(field)
    if field.is_repeated:
        return many(one)
    absent = (nullable and field.cpp_type == FieldDescriptor.CPPTYPE_STRING) or (kind is None and field.has_presence)
    return one | None if absent else one


def _message(kind: Descriptor, repeated: bool) -> Any:
    found = Instant if kind.full_name == Timestamp.DESCRIPTOR.full_name else _model_of(kind)
    return found if repeated else found | None


def _scalar(field: Any) -> Any:
    codes = field.GetOptions().Extensions[options_pb2.codes]
    if codes:
        # Codes may be added, so that they are named and not demanded.
        return Annotated[str, Field(examples=sorted(codes_of(field.file.package, codes)))]
    return _PLAIN[field.cpp_type]

"""Which message travels under which type name. The contract itself is proto/."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from google.protobuf.message import Message

import kontor
from kontor.common.v1 import options_pb2


class UnknownEventType(LookupError):
    """No message of the contract travels under this type name."""


@cache
def contexts() -> dict[str, ModuleType]:
    """Every context's contract by its name, e.g. ``documents``: whatever proto/ holds."""
    names = sorted(module.name for module in iter_modules(kontor.__path__) if module.name != "common")
    return {name: import_module(f"kontor.{name}.v1.{name}_pb2") for name in names}


def rules_of(context: str) -> options_pb2.Context:
    """What its owner says of a context besides its facts: rights, scopes, what is handed in. KeyError if there is none."""
    rules: options_pb2.Context = contexts()[context].DESCRIPTOR.GetOptions().Extensions[options_pb2.context]
    return rules


@cache
def types() -> dict[str, type[Message]]:
    """Every event of the contract by its type name, e.g. ``documents.document.shared.v1``."""
    found: dict[str, type[Message]] = {}
    for contract in contexts().values():
        for descriptor in contract.DESCRIPTOR.message_types_by_name.values():
            name = descriptor.GetOptions().Extensions[options_pb2.event_type]
            if name:
                found[name] = getattr(contract, descriptor.name)
    return found


def feed_types() -> list[type[Message]]:
    """The facts that other systems read in the events feed."""
    return [message for message in types().values() if _told(message)]


def _told(message: type[Message]) -> bool:
    in_feed: bool = message.DESCRIPTOR.GetOptions().Extensions[options_pb2.in_feed]
    return in_feed


def internal_fields(message: Message) -> list[str]:
    """Names of a state's fields that are of staff alone."""
    fields = message.DESCRIPTOR.fields
    return [field.name for field in fields if field.GetOptions().Extensions[options_pb2.internal]]


def unknown_codes(message: Message) -> list[str]:
    """Fields whose string is none of the codes that the contract says it holds, e.g. ``Payment.failure: lost``."""
    found = []
    for field, value in message.ListFields():
        values = value if field.is_repeated else [value]
        if field.message_type is not None and not field.message_type.GetOptions().map_entry:
            found += [wrong for one in values for wrong in unknown_codes(one)]
        elif kind := field.GetOptions().Extensions[options_pb2.codes]:
            known = codes_of(message.DESCRIPTOR.file.package, kind)
            found += [f"{message.DESCRIPTOR.name}.{field.name}: {one}" for one in values if one not in known]
    return found


def codes_of(package: str, kind: str) -> set[str]:
    """The codes of an enum of the contract, e.g. of ``kontor.payments.v1`` and ``FailureCode``."""
    context = package.split(".")[1]
    return set(getattr(import_module(f"{package}.{context}_pb2_codes"), kind))


def type_of(message: Message | type[Message]) -> str:
    """The type name a message travels under; LookupError for a message that is no event."""
    name: str = message.DESCRIPTOR.GetOptions().Extensions[options_pb2.event_type]
    if not name:
        raise UnknownEventType(message.DESCRIPTOR.full_name)
    return name


def class_of(type_name: str) -> type[Message]:
    """The message behind a type name; UnknownEventType where the contract has none."""
    try:
        return types()[type_name]
    except KeyError:
        raise UnknownEventType(type_name) from None


def snapshot_class(state: type[Message]) -> type[Message]:
    """The event that carries a state without any fact, e.g. ReceivableSnapshot for Receivable. LookupError without one."""
    try:
        return _snapshots()[state.DESCRIPTOR.full_name]
    except KeyError:
        raise UnknownEventType(f"{state.DESCRIPTOR.full_name} has no snapshot") from None


@cache
def _snapshots() -> dict[str, type[Message]]:
    found = (message for name, message in types().items() if name.split(".")[2] == "snapshot")
    return {_state_name(message): message for message in found}


def _state_name(event: type[Message]) -> str:
    state = event.DESCRIPTOR.fields_by_number[1].message_type
    assert state is not None, f"field 1 of {event.DESCRIPTOR.full_name} is a message"
    return state.full_name

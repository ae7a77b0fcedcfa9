"""Which message travels under which type name. The contract itself is proto/."""

from functools import cache

from google.protobuf.message import Message

from kontor.common.v1 import options_pb2
from kontor.documents.v1 import documents_pb2
from kontor.identity.v1 import identity_pb2
from kontor.notifications.v1 import notifications_pb2
from kontor.payments.v1 import payments_pb2

_CONTRACTS = (identity_pb2, documents_pb2, payments_pb2, notifications_pb2)


class UnknownEventType(LookupError):
    """No message of the contract travels under this type name."""


@cache
def types() -> dict[str, type[Message]]:
    """Every event of the contract by its type name, e.g. ``documents.document.shared.v1``."""
    found: dict[str, type[Message]] = {}
    for contract in _CONTRACTS:
        for descriptor in contract.DESCRIPTOR.message_types_by_name.values():
            name = descriptor.GetOptions().Extensions[options_pb2.event_type]
            if name:
                found[name] = getattr(contract, descriptor.name)
    return found


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

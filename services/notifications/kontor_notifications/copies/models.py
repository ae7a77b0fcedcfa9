"""Copies of other owners' state: the contract's own message, and the columns SQL looks at."""

from typing import TypeVar
from uuid import UUID

from google.protobuf.message import Message
from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, MetaData, Table, Text, Uuid

from kontor.documents.v1.documents_pb2 import Document
from kontor.identity.v1.identity_pb2 import Customer, Merchant
from kontor.meters.v1.meters_pb2 import ReadingInvitation
from kontor.payments.v1.payments_pb2 import Receivable

State = TypeVar("State", Merchant, Customer, Document, Receivable, ReadingInvitation)

_metadata = MetaData()


def _copy(name: str, *columns: Column[UUID] | Column[str]) -> Table:
    return Table(
        name,
        _metadata,
        Column("id", Uuid, primary_key=True),
        Column("merchant_id", Uuid),
        Column("epoch", Integer),
        Column("version", BigInteger),
        Column("deleted", Boolean),
        Column("state", LargeBinary),
        *columns,
    )


TABLES: dict[type[Message], Table] = {
    Merchant: _copy("merchant_copy"),
    Customer: _copy("customer_copy"),
    Document: _copy("document_copy", Column("type", Text)),
    ReadingInvitation: _copy("reading_invitation_copy"),
    Receivable: _copy("receivable_copy", Column("document_id", Uuid)),
}

"""What all owners' tables share, and how they are declared: the metadata is the only declaration of a database.

Columns follow from the annotation: text, bigint, timestamptz, numeric, uuid. Each service has its own metadata, so that
one process can hold them all. Statements that no table expresses (functions, triggers, policies) are declared with
`declare` or stand in a models.sql beside the models (kontor_service.schema).
"""

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    event,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapper, declared_attr, registry
from sqlmodel import AutoString, Field, SQLModel
from sqlmodel.sql.sqltypes import UTCDateTime

from kontor_bus.schema import BUS
from kontor_service.ids import uuid7

# The largest number that a column takes, and so a query.
LARGEST = 2**63 - 1

_NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

_COMMANDS = MetaData()
Table(
    "idempotency",
    _COMMANDS,
    Column("merchant_id", Uuid, primary_key=True),
    Column("scope", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("fingerprint", Text, nullable=False),
    Column("answer", JSONB),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    CheckConstraint("length(key) BETWEEN 1 AND 200", name="key"),
)


@dataclass(frozen=True)
class Check:
    """A condition on one column, e.g. `amount_minor: Annotated[int, Check("{} > 0")]`."""

    condition: str


def one_of(*values: str) -> Check:
    return Check("{} IN (" + ", ".join(f"'{value}'" for value in values) + ")")


def index(name: str, *columns: str, where: str | None = None, **options: Any) -> Index:
    """An index over columns or expressions, partial with `where`."""
    keys = [column if column.isidentifier() else text(column) for column in columns]
    if where:
        options["postgresql_where"] = text(where)
    return Index(name, *keys, **options)


def metadata_with(*shared: MetaData) -> MetaData:
    """The metadata of one service, with these tables that several have."""
    metadata = MetaData(naming_convention=_NAMING)
    for table in (table for tables in shared for table in tables.tables.values()):
        table.to_metadata(metadata)
    return metadata


def table_base(service: str) -> type[SQLModel]:
    """The base class of an owner's tables: `class Customer(Aggregate, Base, table=True)`."""
    own = registry(metadata=metadata_with(BUS, _COMMANDS))

    class Base(SQLModel, registry=own):
        __abstract__ = True
        metadata = own.metadata

        @declared_attr.directive
        def __tablename__(cls) -> str:  # noqa: N805
            return re.sub("(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    Base.__name__ = f"{service.capitalize()}Base"
    event.listen(Base, "instrument_class", _complete, propagate=True)
    return Base


def _complete(mapper: Mapper[Any], model: type[SQLModel]) -> None:
    """SQLModel's int is four bytes, and its text has a length; neither is what an amount or a name needs."""
    table = mapper.local_table
    assert isinstance(table, Table)
    for name, field in model.model_fields.items():
        column = table.c[name]
        if isinstance(column.type, AutoString):
            column.type = Text()
        elif isinstance(column.type, Integer):
            column.type = BigInteger()
        elif isinstance(column.type, UTCDateTime):
            column.type = DateTime(timezone=True)
        for check in (condition for condition in field.metadata if isinstance(condition, Check)):
            table.append_constraint(CheckConstraint(check.condition.format(name), name=name))


def json_column(default: type[list[Any]] | type[dict[str, Any]]) -> Any:
    """A field kept as JSONB; empty by default."""
    return Field(default_factory=default, sa_type=JSONB)


class Tenant(SQLModel):
    """A row that belongs to one merchant; forced row-level security shows it to nobody else."""

    merchant_id: UUID


class CopyRow(Tenant):
    """What is kept here of another owner's aggregate (kontor_service.copies)."""

    id: UUID = Field(primary_key=True)
    epoch: int
    version: int


class Aggregate(Tenant):
    """The root of a consistency boundary. Its version grows once per transaction, under its row lock."""

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    epoch: int = Field(default=1)
    version: int = Field(default=1)

    def touch(self) -> None:
        self.version += 1

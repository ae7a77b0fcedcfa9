"""What all owners' tables share. Each service has its own registry, so that one process can hold them all."""

from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, MetaData
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from kontor_service.ids import uuid7

_NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def table_base(service: str) -> type[SQLModel]:
    """The base class of a service's tables: `class Customer(Aggregate, Base, table=True)`."""
    own = registry(metadata=MetaData(naming_convention=_NAMING))

    class Base(SQLModel, registry=own):
        __abstract__ = True
        metadata = own.metadata

    Base.__name__ = f"{service.capitalize()}Base"
    return Base


def utc_column(*, nullable: bool = False, **options: Any) -> Any:
    """A field for an aware UTC instant."""
    default: dict[str, Any] = {"default": None} if nullable else {}
    return Field(**default, sa_type=DateTime(timezone=True), nullable=nullable, **options)


def json_column(default: type[list[Any]] | type[dict[str, Any]]) -> Any:
    """A field kept as JSONB; empty by default."""
    return Field(default_factory=default, sa_type=JSONB)


class Tenant(SQLModel):
    """A row that belongs to one merchant; forced row-level security shows it to nobody else."""

    merchant_id: UUID = Field(index=True)


class Aggregate(Tenant):
    """The root of a consistency boundary. Its version grows once per transaction, under its row lock."""

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    epoch: int = Field(default=1)
    version: int = Field(default=1)

    def touch(self) -> None:
        self.version += 1

from uuid import UUID

from sqlmodel import Field

from kontor_service.models import Tenant, table_base
from kontor_service.schema import declare_lister

Base = table_base("probe")
declare_lister(Base, "merchants_with_things", "thing")


class Thing(Tenant, Base, table=True):
    id: UUID = Field(primary_key=True)
    name: str

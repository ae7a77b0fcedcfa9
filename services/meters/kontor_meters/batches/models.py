"""The tables of batches. Lines and what is parked are written in bulk: pipeline/lines.py, pipeline/parked.py."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import Identity, UniqueConstraint, func
from sqlmodel import Field

from kontor.meters.v1.meters_pb2_codes import BatchSource, BatchState, LineOutcome
from kontor_meters.models import Base
from kontor_service.errors import NotFound
from kontor_service.i18n import N_
from kontor_service.models import Aggregate, Tenant, index, json_column, one_of
from kontor_service.schema import declare_lister

declare_lister(Base, "merchants_with_running_batches", "batch", "state = 'running'")
declare_lister(Base, "merchants_with_batches", "batch")
declare_lister(Base, "merchants_with_parked_items", "parked_item")


class Batch(Aggregate, Base, table=True):
    """Many at once. `stored` and its neighbours count items; of 15-minute values each is one."""

    __table_args__ = (
        index("batch_content", "merchant_id", "content_sha256", where="source <> 'csv'", unique=True),
        index("batch_running", "merchant_id", where="state = 'running'"),
        index("batch_by_id", "merchant_id", "id"),
    )
    kind: Annotated[str, one_of("meters", "readings", "intervals")]
    source: Annotated[str, one_of(*BatchSource)]
    file_name: str = ""
    state: Annotated[str, one_of(*BatchState)]
    # SHA-256 of what came: the same again is the same batch. A file that is uploaded twice is two batches.
    content_sha256: str
    total: int = 0
    stored: int = 0
    duplicates: int = 0
    corrected: int = 0
    parked: int = 0
    refused: int = 0
    # Of a file that is being stored: so many of its rows are done with.
    passed: int = 0
    started_at: datetime
    finished_at: datetime | None = None
    started_by: str = ""
    # When the last event of it was recorded.
    told_at: datetime


class BatchLine(Tenant, Base, table=True):
    """What is to be said of a single line; lines that were simply stored are not here."""

    __table_args__ = (index("batch_line_batch", "batch_id", "line", "id"),)
    id: int | None = Field(default=None, primary_key=True, sa_column_args=[Identity(always=True)])
    batch_id: UUID = Field(foreign_key="batch.id")
    line: int
    outcome: Annotated[str, one_of(*LineOutcome)]
    code: str
    field: str
    details: dict[str, Any] = json_column(dict)


class ParkedItem(Tenant, Base, table=True):
    """What waits for a meter that is not known yet."""

    __table_args__ = (UniqueConstraint("merchant_id", "digest"), index("parked_item_meter", "merchant_id", "meter"))
    id: UUID = Field(primary_key=True)
    batch_id: UUID = Field(foreign_key="batch.id")
    line: int
    kind: Annotated[str, one_of("reading", "interval")]
    meter: str
    digest: str
    item: dict[str, Any] = json_column(dict)
    parked_at: datetime = Field(sa_column_kwargs={"server_default": func.now()})


BatchNotFound = NotFound.named("batch_not_found", N_("There is no such file."))

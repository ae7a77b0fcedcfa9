"""The table of batches; its lines and what is parked are written in deps, see lines.py and parked.py."""

from datetime import datetime

from kontor_meters.models import Base
from kontor_service.errors import NotFound
from kontor_service.models import Aggregate, utc_column


class Batch(Aggregate, Base, table=True):  # type: ignore[valid-type, misc]
    """Many at once. `stored` and its neighbours count items; of 15-minute values each is one."""

    # meters, readings, intervals
    kind: str
    # csv, http, bus
    source: str
    file_name: str = ""
    # preview, running, done, failed, dropped
    state: str
    content_sha256: str
    language: str = "de"
    total: int = 0
    stored: int = 0
    duplicates: int = 0
    corrected: int = 0
    parked: int = 0
    refused: int = 0
    # Of a file that is being stored: so many of its rows are done with.
    passed: int = 0
    started_at: datetime = utc_column()
    finished_at: datetime | None = utc_column(nullable=True)
    started_by: str = ""
    # When the last event of it was recorded.
    told_at: datetime = utc_column()


class BatchNotFound(NotFound):
    code, title = "batch_not_found", "There is no such batch"

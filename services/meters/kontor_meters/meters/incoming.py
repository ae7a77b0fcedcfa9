"""Meters that another system hands in, one or many: the same use case behind HTTP and bus."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from kontor_meters.meters.inputs import IncomingMeter
from kontor_meters.meters.service import upsert
from kontor_service.clock import Clock
from kontor_service.database import Database
from kontor_service.errors import Problem, TooLarge, invalid_from
from kontor_service.i18n import N_

MOST = 500


async def accept_one(db: Database, clock: Clock, merchant_id: UUID, raw: Any) -> tuple[dict[str, Any], bool]:
    """Its result, and whether it was new. Raises Invalid with the fields, and what adding and changing a meter do."""
    try:
        wanted = IncomingMeter.model_validate(raw)
    except ValidationError as error:
        raise invalid_from(error.errors()) from error
    return await upsert(db, clock, merchant_id, wanted)


async def accept_each(db: Database, clock: Clock, merchant_id: UUID, raw: Sequence[Any]) -> list[dict[str, Any]]:
    """For each its result or its `error`: what is wrong with one does not keep out the others. Raises TooLarge."""
    if len(raw) > MOST:
        raise TooLarge(N_("At most %(most)s entries are accepted here."), code="too_many", field="", most=MOST)
    results: list[dict[str, Any]] = []
    for index, one in enumerate(raw):
        try:
            answer, _ = await accept_one(db, clock, merchant_id, one)
            results.append({"index": index} | answer)
        except Problem as problem:
            if problem.status >= 500:
                raise
            results.append({"index": index, "error": problem.as_dict()})
    return results

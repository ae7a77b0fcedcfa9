"""Which register a sender means by a meter's number (or external id) and an OBIS code."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.meters.v1.meters_pb2_codes import FindingCode, LineCode
from kontor_meters.meters.rules import obis as parsed

_QUERY = text("""
SELECT r.id, r.series_id, r.obis, r.unit, r.interval, m.number, m.external_id,
    m.in_use_from::timestamp AT TIME ZONE :zone AS used_from, m.in_use_to::timestamp AT TIME ZONE :zone AS used_to
FROM (
    SELECT id FROM meter WHERE number = ANY (:keys)
    UNION SELECT id FROM meter WHERE external_id = ANY (:keys) AND external_id <> ''
    UNION SELECT meter_id FROM register WHERE id = ANY (:ids)
) found JOIN meter m ON m.id = found.id AND NOT m.deleted JOIN register r ON r.meter_id = m.id
ORDER BY m.in_use_from, r.position
""")
# Energy: as a register's value, as the value since the last period, and as a load profile. Each is the same register.
_SAME = {8: 8, 9: 8, 29: 8}


# A row of it: a register, with the instants between which its meter is in use (`used_to` None: still).
Known = Any


class Directory:
    """The registers of the meters that a batch names."""

    def __init__(self) -> None:
        self._by_key: dict[str, list[Known]] = defaultdict(list)
        self._by_id: dict[str, Known] = {}

    @classmethod
    async def of(
        cls, session: AsyncSession, zone: ZoneInfo, keys: Collection[str], ids: Collection[str] = ()
    ) -> "Directory":
        result = cls()
        for row in await session.execute(_QUERY, {"keys": list(keys), "ids": _uuids(ids), "zone": zone.key}):
            result._by_id[str(row.id)] = row
            for key in {row.number, row.external_id} - {""}:
                result._by_key[key].append(row)
        return result

    def find(self, meter: str, obis: str, register: str, at: datetime | None) -> tuple[Known | None, str]:
        """The register, or why there is none: unknown_meter, unknown_register, ambiguous_register."""
        if register:
            known = self._by_id.get(register.lower())
            return known, "" if known else FindingCode.UNKNOWN_REGISTER
        all_of_meter = self._by_key.get(meter)
        if not all_of_meter:
            return None, LineCode.UNKNOWN_METER
        meant = meant_by(obis, all_of_meter)
        if not meant:
            return None, FindingCode.UNKNOWN_REGISTER
        if len(meant) > 1 and at is not None:
            meant = [known for known in meant if _in_use(known, at)] or meant[-1:]
        return (meant[0], "") if len(meant) == 1 else (None, LineCode.AMBIGUOUS_REGISTER)


def meant_by(obis: str, registers: Sequence[Known]) -> list[Known]:
    """Without a code it is any; with one those that have it, then those that have it in another spelling."""
    if not obis:
        return list(registers)
    same = [known for known in registers if known.obis == obis]
    if same:
        return same
    wanted = spelled(obis)
    return [known for known in registers if known.obis and wanted is not None and spelled(known.obis) == wanted]


def spelled(code: str) -> tuple[int, int, int] | None:
    """What a code measures: value groups C, D and E; 1-0:1.8.0*255, 1.8.0 and the load profile 1-0:1.29.0 are one."""
    found = parsed(code)
    return None if found is None else (found.c, _SAME.get(found.d, found.d), max(found.e, 0))


def _in_use(known: Known, at: datetime) -> bool:
    aware = at if at.tzinfo else at.replace(tzinfo=known.used_from.tzinfo)
    return known.used_from <= aware and (known.used_to is None or aware < known.used_to)


def _uuids(ids: Iterable[str]) -> list[UUID]:
    found = []
    for one in ids:
        try:
            found.append(UUID(one))
        except ValueError:
            continue
    return found

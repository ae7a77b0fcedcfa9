"""Consumption → contract."""

from kontor.meters.v1 import meters_pb2 as pb
from kontor_meters.consumption.models import Consumption


def consumption_state(row: Consumption) -> pb.Consumption:
    return pb.Consumption(
        id=str(row.id),
        merchant_id=str(row.merchant_id),
        epoch=row.epoch,
        version=row.version,
        deleted=row.deleted,
        series_id=str(row.series_id),
        point_id=str(row.point_id),
        meter_id=str(row.meter_id),
        customer_id=str(row.customer_id or ""),
        kind=row.kind,
        obis=row.obis,
        direction=row.direction,
        tariff=row.tariff,
        unit=row.unit,
        year=row.year,
        days=row.days,
        months=row.months,
        projection=pb.Projection(**row.projection) if row.projection else None,
    )

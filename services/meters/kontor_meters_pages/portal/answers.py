"""What the portal's JSON says of meters (see copy.py)."""

from typing import Any, Literal

from kontor.meters.v1 import meters_pb2
from kontor_edge.described import fields, many, model
from kontor_meters_pages.portal.copy import FACE, KNOWN, METER_FIELDS, READING_FIELDS

_Place = model("MeterPlace", fields(meters_pb2.Place, "street post_code city country detail"))
_Register = model("MeterRegister", fields(meters_pb2.Register, FACE, null=f"{FACE} {KNOWN}"))
_METER: dict[str, Any] = {
    **fields(meters_pb2.Meter, f"id number kind {METER_FIELDS}", null=METER_FIELDS),
    **fields(meters_pb2.Meter, "label point_id"), "place": _Place, "registers": many(_Register),
}  # fmt: skip
_Listed = model("ListedMeter", _METER, to_check=int, doc="`to_check`: readings that the merchant still looks at.")
_Invited = model("InvitedMeter", meter_id=str, number=str, state=str)
_Invitation = model(
    "MeterInvitation", id=str, customer_id=str, title=str, due_on=str | None, state=str, waiting=list[str], meters=many(_Invited),
    doc="What is to be read until when; `waiting` are the ids of meters that are still to be read.",
)  # fmt: skip
Meters = model("Meters", meters=many(_Listed), invitations=many(_Invitation), next=str | None)
_Reading = model("MeterReading", fields(meters_pb2.Reading, READING_FIELDS, null=READING_FIELDS))
Meter = model(
    "Meter", _METER, chain=many(model("ChainedMeter", _METER)), readings=many(_Reading), invitations=many(_Invitation)
)

_AMOUNTS = list[int | None]
_Part = model("ConsumptionPart", tariff=str, amounts=_AMOUNTS)
_Block = model("ConsumptionBlock", direction=str, unit=str, before=_AMOUNTS, total=int | None, parts=many(_Part))
_Projection = model(
    "ConsumptionProjection", direction=str, unit=str, months=list[int], low=int, expected=int, high=int, method=str,
    based_until=str,
)  # fmt: skip
Consumption = model(
    "Consumption", step=Literal["months", "days", "years"], year=int | None, month=int | None, years=list[int],
    blocks=many(_Block), ways=list[str], projections=many(_Projection),
)  # fmt: skip
_Day = model("RegisterDay", register_id=str, unit=str, values=_AMOUNTS)
Day = model("MeterDay", date=str, registers=many(_Day))
Photo = model("StoredPhoto", sha256=str)
_Finding = model("ReadingFinding", code=str, severity=str, values=dict[str, Any])
_Outcome = model(
    "ReadingOutcome", register_id=str, outcome=Literal["stored", "questioned", "asks_back", "refused"],
    findings=many(_Finding), id=(str, ""), version=(int, 0),
)  # fmt: skip
Outcomes = model("ReadingOutcomes", results=many(_Outcome))

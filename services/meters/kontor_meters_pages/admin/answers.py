"""What the admin's JSON says of meters (see copy.py)."""

from typing import Any

from kontor.identity.v1 import identity_pb2
from kontor.meters.v1 import meters_pb2
from kontor_edge.described import component, fields, listed, many, model, state_model
from kontor_meters_pages.admin.copy import PLACE, REGISTER

_BRIEF: dict[str, Any] = {
    **fields(meters_pb2.Meter, "id number kind label customer_number", null="customer_id in_use_from in_use_to"),
    **fields(meters_pb2.Place, "street post_code city detail"),
    "registers": many(model("ListedRegister", fields(meters_pb2.Register, REGISTER))),
}  # fmt: skip
_Brief = model("MeterBrief", _BRIEF)
_Reading, _Request = state_model(meters_pb2.Reading), state_model(meters_pb2.ReadingRequest)
_Invitation = state_model(meters_pb2.ReadingInvitation)
_COUNTS = dict[str, int]
Meters = listed("Meters", model("ListedMeter", _BRIEF, customer=str | None), counts=_COUNTS)
_Asked = model("AskedForReadings", request=_Request, invitation=_Invitation)
Meter = model(
    "MeterPage", data=model("Meter", fields(meters_pb2.Meter), place=model("MeterPlace", fields(meters_pb2.Place, " ".join(PLACE)))),
    customer=state_model(identity_pb2.Customer) | None, readings=many(_Reading), more=bool, chain=many(_Brief),
    years=many(state_model(meters_pb2.Consumption)), invitations=many(_Asked),
)  # fmt: skip
_Earlier = model("EarlierReading", id=str, value=str, taken_at=str, source=str)
_ToCheck = model("ReadingToCheck", reading=_Reading, meter=_Brief, customer=str | None, before=many(_Earlier) | None)
ReadingsToCheck = listed("ReadingsToCheck", _ToCheck, groups=_COUNTS)
ReadingRequests = listed("ReadingRequests", _Request)
_Invited = model("InvitedCustomer", invitation=_Invitation, customer=component("CustomerBrief"))
ReadingRequest = listed("ReadingRequestPage", _Invited, request=_Request, groups=_COUNTS)
Batch = state_model(meters_pb2.Batch)
Batches = listed("Batches", Batch)
OnBoard = model(
    "MetersOnBoard", waiting=int, readings=many(_ToCheck) | None, requests=many(_Request) | None, batches=int
)
OfCustomer = model("MetersOfCustomer", meters=many(_Brief) | None, many=int, waiting=int)

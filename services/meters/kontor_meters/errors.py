"""What meters can refuse, on one screen. What plausibility finds is no error: see readings/plausibility.py."""

from kontor_service.errors import Conflict, Invalid, NotFound
from kontor_service.i18n import N_

MeterNotFound = NotFound.named("meter_not_found", N_("There is no such meter."))
ReadingNotFound = NotFound.named("reading_not_found", N_("There is no such reading."))
RequestNotFound = NotFound.named("request_not_found", N_("There is no such request."))
PhotoNotFound = NotFound.named("photo_not_found", N_("There is no photo of this reading."))
CustomerUnknown = Invalid.named("customer_unknown", N_("There is no such customer."))
MeterInvalid = Invalid.named("meter_invalid", N_("Something about the meter is not right."))
NumberInUse = Conflict.named("number_in_use", N_("A meter in use has this number already."))
ExternalIdReused = Conflict.named("external_id_reused", N_("This external id stands for another meter."))
MeterEnded = Conflict.named("meter_ended", N_("The meter is no longer in use."))
RegisterHasReadings = Conflict.named("register_has_readings", N_("A register with readings cannot be taken away."))
ReadingsLater = Conflict.named("readings_later", N_("There are readings beyond this day."))
EndReadingInvalid = Invalid.named("end_reading_invalid", N_("The end reading cannot be right."))
ReadingDecided = Conflict.named("reading_decided", N_("Somebody has decided on this reading already."))
ReadingInvalid = Invalid.named("reading_invalid", N_("The value cannot be right."))
NobodyToAsk = Invalid.named("nobody_to_ask", N_("Nobody has a meter in this group that could be read."))
RequestClosed = Conflict.named("request_closed", N_("The request is closed."))

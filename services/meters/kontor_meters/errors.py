"""What meters can refuse, on one screen. What plausibility finds is no error: see readings/plausibility.py."""

from kontor_service.errors import Conflict, Invalid, NotFound


class MeterNotFound(NotFound):
    code, title = "meter_not_found", "There is no such meter"


class ReadingNotFound(NotFound):
    code, title = "reading_not_found", "There is no such reading"


class RequestNotFound(NotFound):
    code, title = "request_not_found", "There is no such request for readings"


class PhotoNotFound(NotFound):
    code, title = "photo_not_found", "This reading has no photo"


class CustomerUnknown(Invalid):
    code, title = "customer_unknown", "There is no such customer"


class MeterInvalid(Invalid):
    code, title = "meter_invalid", "The meter's data is not valid"


class NumberInUse(Conflict):
    code, title = "number_in_use", "A meter in use has this number already"


class ExternalIdReused(Conflict):
    code, title = "external_id_reused", "This external id stands for another meter"


class MeterEnded(Conflict):
    code, title = "meter_ended", "The meter is no longer in use"


class RegisterHasReadings(Conflict):
    code, title = "register_has_readings", "A register with readings stays"


class ReadingsLater(Conflict):
    code, title = "readings_later", "There are readings beyond this day"


class EndReadingInvalid(Invalid):
    code, title = "end_reading_invalid", "The end reading is not valid"


class ReadingDecided(Conflict):
    code, title = "reading_decided", "This reading is decided already"


class ReadingInvalid(Invalid):
    code, title = "reading_invalid", "The reading is not valid"


class NobodyToAsk(Invalid):
    code, title = "nobody_to_ask", "No meter in use of a known customer is in this group"


class RequestClosed(Conflict):
    code, title = "request_closed", "This request is closed"

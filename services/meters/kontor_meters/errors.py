"""What meters can refuse, on one screen. What plausibility finds is no error: see readings/plausibility.py."""

from kontor_service.errors import Conflict, Invalid, NotFound
from kontor_service.i18n import N_


class MeterNotFound(NotFound):
    code, title = "meter_not_found", N_("There is no such meter.")


class ReadingNotFound(NotFound):
    code, title = "reading_not_found", N_("There is no such reading.")


class RequestNotFound(NotFound):
    code, title = "request_not_found", N_("There is no such request.")


class PhotoNotFound(NotFound):
    code, title = "photo_not_found", N_("There is no photo of this reading.")


class CustomerUnknown(Invalid):
    code, title = "customer_unknown", N_("There is no such customer.")


class MeterInvalid(Invalid):
    code, title = "meter_invalid", N_("Something about the meter is not right.")


class NumberInUse(Conflict):
    code, title = "number_in_use", N_("A meter in use has this number already.")


class ExternalIdReused(Conflict):
    code, title = "external_id_reused", N_("This external id stands for another meter.")


class MeterEnded(Conflict):
    code, title = "meter_ended", N_("The meter is no longer in use.")


class RegisterHasReadings(Conflict):
    code, title = "register_has_readings", N_("A register with readings cannot be taken away.")


class ReadingsLater(Conflict):
    code, title = "readings_later", N_("There are readings beyond this day.")


class EndReadingInvalid(Invalid):
    code, title = "end_reading_invalid", N_("The end reading cannot be right.")


class ReadingDecided(Conflict):
    code, title = "reading_decided", N_("Somebody has decided on this reading already.")


class ReadingInvalid(Invalid):
    code, title = "reading_invalid", N_("The value cannot be right.")


class NobodyToAsk(Invalid):
    code, title = "nobody_to_ask", N_("Nobody has a meter in this group that could be read.")


class RequestClosed(Conflict):
    code, title = "request_closed", N_("The request is closed.")

"""Generated from meters.proto by make proto."""

from kontor_events.codes import Code


class ProjectionMethod(Code):
    LAST_YEAR = 'last_year', 'This is based on last year and on how this year has gone up to %(until)s.'
    SEASON = 'season', 'This is based on what was used up to %(until)s and on how a year is usually spread over the seasons; the less is known, the wider the range.'
    DAYS = 'days', 'Up to %(until)s too few days are known to say what the whole year will come to.'


class MeterKind(Code):
    ELECTRICITY = 'electricity', 'Electricity', '', 'Electricity meter'
    GAS = 'gas', 'Gas', '', 'Gas meter'
    WATER = 'water', 'Water', '', 'Water meter'
    HEAT = 'heat', 'Heat', '', 'Heat meter'


class Direction(Code):
    CONSUMPTION = 'consumption', 'Consumption'
    FEED_IN = 'feed_in', 'Feed-in'


class Tariff(Code):
    SINGLE = 'single', 'Single tariff'
    HIGH = 'high', 'HT'
    LOW = 'low', 'NT'


class ReadingReason(Code):
    REGULAR = 'regular', 'Regular reading'
    MOVE_IN = 'move_in', 'Moving in'
    MOVE_OUT = 'move_out', 'Moving out'
    EXCHANGE = 'exchange', 'Meter exchange'
    INTERIM = 'interim', 'Interim reading'
    FINAL = 'final', 'Final reading'


class ReadingSource(Code):
    CUSTOMER = 'customer', 'read by the customer'
    STAFF = 'staff', 'read by staff'
    SYSTEM = 'system', 'transmitted'
    ESTIMATE = 'estimate', 'estimated'


class ReadingChannel(Code):
    ACCOUNT = 'account', 'in the portal'
    LINK = 'link', 'through a link without log-in'
    STAFF = 'staff', 'by staff'
    API = 'api', 'by another system'
    CSV = 'csv', 'from a file'
    BUS = 'bus', 'by another system'
    ESTIMATE = 'estimate', 'estimated'


class ReadingState(Code):
    VALID = 'valid', 'Valid', '', '', 'paid'
    TO_BE_CHECKED = 'to_be_checked', 'Being checked', '', '', 'open'
    IMPLAUSIBLE = 'implausible', 'Implausible', '', '', 'late'
    REJECTED = 'rejected', 'Rejected', '', '', 'bad'
    REPLACED = 'replaced', 'Replaced', '', '', 'idle'


class FindingCode(Code):
    FUTURE = 'future', 'This lies in the future.', '', 'This lies in the future. Please check the date.'
    BEFORE_USE = 'before_use', 'The meter was not in use yet on this day.', '', 'On this day the meter was not in use yet; it has been since %(in_use_from)s. Please check the date.', '', 'On this day the meter was not in use yet. Please check the date.'
    AFTER_USE = 'after_use', 'The meter was no longer in use on this day.', '', 'On this day the meter was no longer in use; it was until %(in_use_to)s. Please check the date.', '', 'On this day the meter was no longer in use. Please check the date.'
    FALLING = 'falling', 'Lower than on %(before_on)s: %(before)s', '', 'Your reading is lower than the one of %(before_on)s (%(before)s). Please check the digits.', '', "Your reading does not fit earlier ones. Please check the digits and the meter's number."
    ROLLOVER = 'rollover', 'The meter went through zero since %(before_on)s (%(before)s): %(used)s used', '', 'The meter has gone through zero since %(before_on)s (%(before)s): that makes %(used)s. If so, all is well.', '', 'The meter seems to have gone through zero. If so, all is well.'
    ABOVE_NEXT = 'above_next', 'Higher than later, on %(next_on)s: %(next)s', '', 'Your reading is higher than the later one of %(next_on)s (%(next)s). Please check date and digits.', '', 'Your reading does not fit others. Please check date and digits.'
    JUMP = 'jump', '%(used)s since %(before_on)s; at most %(most)s would be usual', '', 'Since %(before_on)s this would be %(used)s; usually it is at most %(most)s in this time. Please check the digits, also those after the point.', '', 'Your reading is unusually high. Please check the digits, also those after the point.'
    DUPLICATE = 'duplicate', 'There is another reading of %(on)s: %(value)s', '', 'For %(on)s there is a reading already (%(value)s). Yours would replace it.', '', 'There is a reading for this day already. Yours would replace it.'
    DIGITS = 'digits', 'The meter shows %(digits_before)s digits before and %(digits_after)s after the comma', '', 'This meter shows %(digits_before)s digits before and %(digits_after)s after the point. Please enter the number as it stands there.', '', 'This number does not fit the digits of the meter. Please enter it as it stands there.'
    NOT_A_NUMBER = 'not_a_number', 'This is not a number.', '', 'This is not a number. Please enter only what stands on the meter, for example 12345.6.'
    AMBIGUOUS = 'ambiguous', 'We read this as %(read_as)s; it could also mean %(or)s. If ours is right, confirm it; else enter it without separating thousands.', '', '', '', 'It is not clear whether the point separates thousands or decimals. Please enter it without thousands.'
    NEGATIVE = 'negative', 'A reading is never below zero.'
    ESTIMATED = 'estimated', 'Nobody read the meter, so this was estimated from what it used before.', '', '', '', 'Nobody read the meter, so this was estimated.'
    UNKNOWN_REGISTER = 'unknown_register', 'The meter has no such register.', '', 'There is no such meter.'
    UNKNOWN_PHOTO = 'unknown_photo', 'The photo is gone. Please add it again.'
    EXTERNAL_ID_REUSED = 'external_id_reused', 'This external id stands for another reading.'
    NOT_STORED = 'not_stored', 'The reading contradicts another one and was not stored.'


class RequestState(Code):
    OPEN = 'open', 'Running', '', '', 'open'
    CLOSED = 'closed', 'Closed', '', '', 'idle'


class InvitationState(Code):
    INVITED = 'invited', 'Asked', '', '', 'open'
    REMINDED = 'reminded', 'Reminded', '', '', 'late'
    DONE = 'done', 'Done', '', '', 'paid'
    CLOSED = 'closed', 'Closed', '', '', 'idle'


class InvitedMeterState(Code):
    INVITED = 'invited', 'Missing', '', '', 'open'
    READ = 'read', 'Read', '', '', 'paid'
    ESTIMATED = 'estimated', 'Estimated', '', '', 'part'
    LEFT_OUT = 'left_out', 'Left out', '', '', 'idle'


class BatchKind(Code):
    READINGS = 'readings', 'Readings'
    METERS = 'meters', 'Meters'
    INTERVALS = 'intervals', '15-minute values'


class BatchSource(Code):
    CSV = 'csv', 'CSV file'
    HTTP = 'http', 'API'
    BUS = 'bus', 'ERP'


class BatchState(Code):
    PREVIEW = 'preview', 'Preview', '', '', 'open'
    RUNNING = 'running', 'Being stored', '', '', 'way'
    DONE = 'done', 'Stored', '', '', 'paid'
    FAILED = 'failed', 'Failed', '', '', 'bad'
    DROPPED = 'dropped', 'Dropped', '', '', 'idle'


class LineCode(Code):
    BODY = 'body', 'The line cannot be read.'
    NOT_AN_OBJECT = 'not_an_object', 'An object is expected here.'
    NOT_A_LIST = 'not_a_list', 'A list is expected here.'
    NOT_A_TEXT = 'not_a_text', 'A short text is expected here.'
    TOO_MANY_VALUES = 'too_many_values', 'At most 40,000 values at once.'
    MISSING = 'missing', 'This is missing.'
    COLUMNS = 'columns', 'The line has more columns than the heading.'
    UNKNOWN_METER = 'unknown_meter', 'There is no meter %(meter)s yet. The values wait for it.'
    EXPIRED = 'expired', 'There was no meter %(meter)s for three months. The values were dropped.'
    AMBIGUOUS_REGISTER = 'ambiguous_register', 'Several registers are possible; name the OBIS code.'
    NOT_INTERVAL = 'not_interval', 'This register is not meant for 15-minute values.'
    NO_INSTANT = 'no_instant', 'This is no instant as in ISO 8601.'
    NOT_A_DATE = 'not_a_date', 'This is no date (2025-12-31 or 31.12.2025).'
    NO_TIME_ZONE = 'no_time_zone', 'The instant needs an offset, e.g. +01:00.'
    STEP = 'step', 'Only steps of 15 minutes are taken.'
    OFF_GRID = 'off_grid', 'Quarter hours begin at :00, :15, :30 or :45.'
    TOO_OLD = 'too_old', 'Values before the year 2000 are not taken.'
    UNIT = 'unit', 'This unit does not fit the register.'
    NEGATIVE = 'negative', 'The value is negative.'
    TOO_HIGH = 'too_high', 'The value is too high to be believed.'
    TOO_MANY_DECIMALS = 'too_many_decimals', 'The value has more than six decimals.'
    REASON = 'reason', 'There is no such reason.'
    SAME = 'same', 'This value is there already.'
    CORRECTED = 'corrected', 'The value replaces an earlier one.'
    SAME_METER = 'same_meter', 'The meter is known like this already.'
    CHANGED_METER = 'changed_meter', 'The meter is changed.'
    WITH_METER = 'with_meter', 'The meter is refused because of line %(line)s.'
    CHOICE = 'choice', 'Possible are: %(choices)s.'
    NO_SUCH_TIME = 'no_such_time', 'The clocks were put forward here: this time does not exist. Times that are winter time all year need their offset (+01:00), in a file in a column “Time zone”.'
    NOT_AN_ISO_DATE = 'not_an_iso_date', 'A date or a point in time as in ISO 8601 is expected here: 2025-12-31 or 2025-12-31T08:30:00+01:00.'


class LineOutcome(Code):
    STORED = 'stored', 'stored'
    QUESTIONED = 'questioned', 'stored, to be checked'
    DUPLICATE = 'duplicate', 'already there'
    CORRECTED = 'corrected', 'replaces an earlier value'
    PARKED = 'parked', 'waits for the meter'
    REFUSED = 'refused', 'not taken'


class Basis(Code):
    MEASURED = 'measured', 'measured'
    READ = 'read', 'from readings'
    PARTLY = 'partly', 'partly known'
    ESTIMATED = 'estimated', 'estimated'
    MISSING = 'missing', 'nothing known'

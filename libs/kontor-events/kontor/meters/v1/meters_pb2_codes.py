"""Generated from meters.proto by make proto."""

from kontor_events.codes import Code


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


class Basis(Code):
    MEASURED = 'measured', 'measured'
    READ = 'read', 'from readings'
    PARTLY = 'partly', 'partly known'
    ESTIMATED = 'estimated', 'estimated'
    MISSING = 'missing', 'nothing known'

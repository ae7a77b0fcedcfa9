"""What the app takes from here."""

from functools import partial

from kontor_meters.batches import bus
from kontor_meters.batches.bulk import bulk
from kontor_meters.batches.incoming_api import router as incoming
from kontor_meters.intervals.days import router as series
from kontor_service.bus import takes

ROUTERS = [incoming, series]
RESOURCES = [bulk]
# Once everything they need is there.
DOORS = [takes("readings", lambda app: partial(bus.take, app))]

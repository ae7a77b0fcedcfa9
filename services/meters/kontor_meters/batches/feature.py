"""What the app takes from here."""

from functools import partial

from kontor_meters.batches import bus
from kontor_meters.batches.bulk import bulk
from kontor_meters.batches.incoming_api import router as incoming
from kontor_service.bus import takes

ROUTERS = [incoming]
RESOURCES = [bulk]
# Once everything they need is there.
DOORS = [takes("readings", lambda app: partial(bus.take, app))]

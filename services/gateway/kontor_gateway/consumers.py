"""What the gateway hears on the bus: the state of what its pages show."""

from kontor_bus import Copy
from kontor_edge import Views


def consumers(views: Views) -> list[Copy]:
    return [Copy("gateway.views", bindings=views.shape.bindings, apply=views.apply)]

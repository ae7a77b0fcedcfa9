"""Routes that are asked for most."""

from starlette.routing import Match, Route
from starlette.types import Scope


class HotRoute(Route):
    """Tried before all others, without the framework's parsing of parameters. The same endpoint stands among the others as
    well, where the API's description finds it."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, child = super().matches(scope)
        return match, {**child, "route": self} if match is Match.FULL else child

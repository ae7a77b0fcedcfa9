"""Routes that are read most."""

from starlette.routing import Match, Route
from starlette.types import Scope


class Hot(Route):
    """Tried before all others, without the framework's parameter reading. The same endpoint stands among the others as
    well, where the API's description finds it."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, child = super().matches(scope)
        return match, {**child, "route": self} if match is Match.FULL else child

"""What can be wrong with something that is to be rendered."""

from typing import Any

from kontor_service.errors import Invalid
from kontor_service.i18n import N_


class RenderingError(Invalid):
    """The document cannot be put on paper. `field` names the input at fault, e.g. `lines[3].net` or `branding.logo`."""

    code = "cannot_be_rendered"
    title = N_("The document cannot be rendered.")

    def __init__(self, field: str, message: str, **params: Any) -> None:
        super().__init__(message, field=field, **params)

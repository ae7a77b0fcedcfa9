"""What can be wrong with something that is to be rendered."""


class RenderingError(ValueError):
    """The document cannot be put on paper. `field` names the input at fault, e.g. `lines[3].net` or `branding.logo`."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message

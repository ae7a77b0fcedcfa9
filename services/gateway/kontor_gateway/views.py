"""The shape of the gateway's copy, put together from what its features bring: tables, indexes, functions of its pages."""

from kontor_edge import Shape
from kontor_gateway.features import FEATURES


def _sections() -> str:
    """The entries of the navigation, as arguments of concat_ws."""
    return ",\n            ".join(section.entry for feature in FEATURES for section in feature.sections)


def _joined(texts: list[str]) -> str:
    return ";\n".join(text.strip().rstrip(";") for text in texts if text)


SHAPE = Shape(
    edge="gateway",
    views=tuple(view for feature in FEATURES for view in feature.views),
    indexes=_joined([feature.indexes for feature in FEATURES]),
    functions=_joined([text for feature in FEATURES for text in feature.functions]).replace("{sections}", _sections()),
    page_role="kontor_gateway",
)

"""The shape of the admin's copy, put together from what its features bring: tables, indexes, the functions of its pages."""

from kontor_admin.feature import COUNT_CAP, Feature
from kontor_admin.features import FEATURES
from kontor_edge import Shape


def _waiting() -> str:
    """What is counted beside the entries of the menu, as arguments of json_build_object."""
    counted = (
        f"'{f.name}', (SELECT count(*) FROM (SELECT FROM {f.menu.waiting} LIMIT {COUNT_CAP}) capped)"
        for f in FEATURES
        if f.menu and f.menu.waiting
    )
    return ",\n            ".join(counted)


def _panels(page: str, **words: str) -> str:
    asked = ((f.name, panel) for f in FEATURES for panel in f.panels if panel.page == page)
    return ", ".join(
        f"'{name}', CASE WHEN (r.session -> 'rights')::jsonb ? '{panel.right}' THEN {panel.call.format(**words)} END"
        for name, panel in asked
    )


def _functions() -> str:
    parts = [feature.parts for feature in FEATURES if feature.parts]
    pages = [text for feature in FEATURES for text in feature.functions]
    texts = "\n".join([*parts, *pages]).rstrip().rstrip(";")
    for mark, meant in (
        ("{cap}", str(COUNT_CAP)),
        ("{waiting}", _waiting()),
        ("{panels:board}", _panels("board", merchant="r.merchant_id", today="r.today")),
        ("{panels:customer}", _panels("customer", merchant="c.merchant_id", today="r.today", id="c.id")),
    ):
        texts = texts.replace(mark, meant)
    return texts


def _indexes(features: tuple[Feature, ...]) -> str:
    return ";\n".join(feature.indexes.strip().rstrip(";") for feature in features if feature.indexes)


SHAPE = Shape(
    edge="admin",
    views=tuple(view for feature in FEATURES for view in feature.views),
    indexes=_indexes(FEATURES),
    functions=_functions(),
    page_role="kontor_admin",
)

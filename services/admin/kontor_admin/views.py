"""The shape of the admin's copy: its tables, indexes and the functions its pages call (sql/)."""

from importlib import resources

from kontor_admin.copy import documents, identity, notifications, payments
from kontor_views import Shape

# More than these are counted as so many and a plus.
COUNT_CAP = 1000
DOCUMENT_SORTS = ("date", "due", "amount", "number", "received")
CUSTOMER_SORTS = ("name", "number")
_DIRECTIONS = (("asc", ">"), ("desc", "<"))
_PLAIN = ("staff.sql", "release.sql", "board.sql", "document.sql", "customer.sql", "settings.sql")


def _sql(name: str) -> str:
    return resources.files("kontor_admin").joinpath("sql", name).read_text()


def _sorted(name: str, sorts: tuple[str, ...]) -> list[str]:
    """The list once per order: each walks along an index of its own."""
    return [
        _sql(name)
        .replace("{sort}", sort)
        .replace("{direction}", direction)
        .replace("{beyond}", beyond)
        .replace("{cap}", str(COUNT_CAP))
        for sort in sorts
        for direction, beyond in _DIRECTIONS
    ]


def _functions() -> str:
    lists = [
        *_sorted("documents.sql", DOCUMENT_SORTS),
        *_sorted("customers.sql", CUSTOMER_SORTS),
        *_sorted("payments.sql", ("time",)),
        *_sorted("mails.sql", ("time",)),
    ]
    plain = [_sql(name).replace("{cap}", str(COUNT_CAP)) for name in _PLAIN]
    return "\n".join([*plain, *lists]).rstrip().rstrip(";")


SHAPE = Shape(
    edge="admin",
    views=(*identity.VIEWS, *documents.VIEWS, *payments.VIEWS, *notifications.VIEWS),
    indexes=_sql("indexes.sql"),
    functions=_functions(),
    page_role="kontor_admin",
)

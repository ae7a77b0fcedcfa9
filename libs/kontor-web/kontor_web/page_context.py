"""What a layout needs to know besides the page itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Link:
    """A way to another page. `count` stands beside it (documents of a type); `current` marks where we are."""

    label: str
    url: str
    current: bool = False
    count: int | str | None = None


@dataclass(frozen=True, slots=True)
class PageContext:
    """Whose page this is and who reads it. `logo` is an address on our own host; `accent` is #rrggbb."""

    language: str = "de"
    time_zone: str = "Europe/Berlin"
    brand: str = "Kontor"
    home: str = "/"
    logo: str | None = None
    accent: str | None = None
    me: str = ""
    me_url: str | None = None
    nav: tuple[Link, ...] = ()
    footer: tuple[Link, ...] = ()
    # Address of the event stream of this page; None for a page that stays as it is.
    live: str | None = None
    # As whom staff look at it: nothing on the page can be sent.
    preview: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. `name` is what `sort` says; `num` aligns right. `css` are classes of its cells, `short` stands
    beside the value where rows are cards; a cell without a template of its own is `shown` as text, day, moment or number, or
    as one of `words` (code → msgid)."""

    name: str
    label: str
    sortable: bool = False
    num: bool = False
    css: str = ""
    short: str = ""
    shown: str = "text"
    words: Mapping[str, str] = field(default_factory=dict, hash=False)

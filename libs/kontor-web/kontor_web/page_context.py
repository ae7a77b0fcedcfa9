"""What a layout needs to know besides the page itself."""

from dataclasses import dataclass


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


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. `name` is what `sort` says; `num` aligns right."""

    name: str
    label: str
    sortable: bool = False
    num: bool = False

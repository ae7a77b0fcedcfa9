"""What merchants may write in square brackets: each placeholder with its spellings, its meaning and its value."""

from collections.abc import Callable
from dataclasses import dataclass

from kontor_notifications.rendering.facts import Facts
from kontor_notifications.rendering.values import Row, Rows, Value
from kontor_service.i18n import gettext as _

# A value can be text, an address to follow, or a block of its own (table, list, code).
TEXT, LINK, BLOCK = "text", "link", "block"
ValueOf = Callable[[Facts], Value]
# Label, value, and whether it is the one that matters. Rows without a value are left out.
Cells = tuple[str, str, bool]


@dataclass(frozen=True)
class Placeholder:
    """`spellings` are all ways to write it, the canonical name first. `meaning` is English, for the catalog."""

    spellings: tuple[str, ...]
    meaning: str
    # Called with the reader's language set: `_` and `reader()` speak it.
    value: ValueOf
    form: str = TEXT
    # As Germans write it: one of the spellings, with a capital letter where German has one.
    german: str = ""

    @property
    def name(self) -> str:
        return self.spellings[0]


def word(name: str, meaning: str, value: ValueOf, *aliases: str, form: str = TEXT) -> Placeholder:
    """One that stands alone: [Greeting]. The first of its aliases is German."""
    return Placeholder(tuple(dict.fromkeys((name, *aliases))), meaning, value, form, aliases[0] if aliases else name)


def fields_of(*heads: str) -> Callable[..., Placeholder]:
    """Makes the placeholders of one thing, which goes by these names: [Payment.amount] = [Zahlung.Betrag]. The last of the
    names is German, and so is the first alias of each field."""

    def field(name: str, meaning: str, value: ValueOf, *aliases: str, form: str = TEXT) -> Placeholder:
        spellings = tuple(f"{head}.{one}" for one in (name, *aliases) for head in heads)
        german = aliases[0] if aliases else name
        return Placeholder(spellings, meaning, value, form, f"{heads[-1]}.{german[:1].upper()}{german[1:]}")

    return field


def overview(meaning: str, cells: Callable[[Facts], list[Cells]]) -> Placeholder:
    """[Overview], a table of what the mail is about."""

    def table(facts: Facts) -> Rows:
        return Rows(tuple(Row(_(label), value, strong) for label, value, strong in cells(facts) if value))

    return word("Overview", meaning, table, "Übersicht", "Uebersicht", form=BLOCK)

"""Every kind of mail there is: each module here declares its `KINDS`, and nothing else names them."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from kontor_notifications.kind import MailKind, MailText
from kontor_service.errors import NotFound
from kontor_service.i18n import N_

KindUnknown = NotFound.named("template_kind_unknown", N_("There is no such kind of mail."))


@cache
def kinds() -> dict[str, MailKind]:
    """By name, in the order of the settings page: module by module, each in its own order."""
    names = sorted(module.name for module in iter_modules(__path__))
    found = [kind for name in names for kind in import_module(f"{__name__}.{name}").KINDS]
    known = {kind.name: kind for kind in found}
    assert len(known) == len(found), "two kinds of mail go by one name"
    return known


@cache
def texts() -> dict[str, tuple[MailKind, MailText]]:
    """Every text that a merchant may replace, with its kind, by the text's name."""
    return {text.name: (kind, text) for kind in kinds().values() for text in kind.texts}


def text_of(name: str) -> MailText:
    """Raises KindUnknown."""
    if name not in texts():
        raise KindUnknown(field="kind", name=name)
    return texts()[name][1]

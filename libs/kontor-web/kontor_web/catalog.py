"""Catalogs of a package: `python -m kontor_web.catalog kontor_gateway` extracts its messages and merges them into its German .po.

What it already says in German stays; messages that are gone are dropped.
"""

import sys
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

_METHODS = [
    ("**.py", "python"),
    ("**/templates/**.html", "jinja2.ext:babel_extract"),
    ("**/templates/**.txt", "jinja2.ext:babel_extract"),
]
_KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
_OPTIONS = {"**/templates/**.html": {"trimmed": "true", "extensions": "jinja2.ext.do"}}


def _folder(package: str) -> Path:
    return Path(str(resources.files(package)))


def _po(package: str, language: str) -> Path:
    return _folder(package) / "locale" / language / "LC_MESSAGES" / "messages.po"


def extracted(package: str) -> Catalog:
    """Every message in the package's Python and templates."""
    found = Catalog(project=package, charset="utf-8")
    rows = extract_from_dir(
        _folder(package),
        method_map=_METHODS,
        options_map=_OPTIONS,
        keywords=_KEYWORDS,
        comment_tags=("For translators:",),
    )
    for file, line, message, comments, context in rows:
        found.add(message, None, [(file, line)], auto_comments=comments, context=context)
    return found


def _known(package: str, language: str) -> Catalog:
    path = _po(package, language)
    if not path.is_file():
        return Catalog(locale=language, project=package, charset="utf-8", fuzzy=False)
    with path.open("rb") as opened:
        return read_po(opened, locale=language)


def untranslated(package: str, language: str = "de") -> list[str]:
    """Messages without words in that language (or with a guess only), from this package's catalog or kontor_web's."""
    known = [_known(package, language), _known("kontor_web", language)]
    return sorted(
        text for text, plural in _messages(extracted(package)) if not any(_said(one, text, plural) for one in known)
    )


def _messages(catalog: Catalog) -> Iterator[tuple[str, bool]]:
    for message in catalog:
        if message.id:
            yield (message.id[0], True) if isinstance(message.id, (tuple, list)) else (message.id, False)


def _said(catalog: Catalog, text: str, plural: bool) -> bool:
    message = catalog.get(text)
    if message is None or message.fuzzy:
        return False
    said = message.string
    return all(said) and len(said) > 1 if plural and isinstance(said, (tuple, list)) else bool(said) and not plural


def merge(package: str, language: str = "de") -> Path:
    """Writes the package's .po anew: its messages, with the words it has. Messages that kontor_web translates are left to it."""
    known, shared = _known(package, language), _known("kontor_web", language)
    fresh = Catalog(
        locale=language, project=package, charset="utf-8", fuzzy=False, header_comment="# Words of PROJECT."
    )
    fresh.revision_date = fresh.creation_date = known.creation_date
    for message in extracted(package):
        if not message.id:
            continue
        text = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
        if package != "kontor_web" and _said(shared, text, isinstance(message.id, (tuple, list))):
            continue
        before = known.get(text)
        fresh.add(
            message.id,
            before.string if before is not None and before.string else None,
            auto_comments=message.auto_comments,
        )
    path = _po(package, language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as opened:
        write_po(opened, fresh, sort_output=True, omit_header=False, no_location=True, width=120)
    return path


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(merge(name))
        for text in untranslated(name):
            print("  no German:", text)

"""The catalogs of all packages: `make words` extracts their messages and writes their German .po anew.

What is said in German stays; messages that are gone are dropped. A message that a library says already is left to it, and
one that another package says gets its words.
"""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from kontor_events.codes import Code

ROOT = Path(__file__).parents[1]
_METHODS = [
    ("**.py", "python"),
    ("**/templates/**.html", "jinja2.ext:babel_extract"),
    ("**/templates/**.txt", "jinja2.ext:babel_extract"),
]
_KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
# Letters are written in German and translated beside their code; what is wrong with them is said as everywhere.
_KEYWORDS_OF_LETTERS = {"N_": None}
_OPTIONS = {"**/templates/**.html": {"trimmed": "true", "extensions": "jinja2.ext.do"}}

Key = tuple[str | None, str]


def packages() -> list[Path]:
    """Folders of the packages that have something to say, libraries first."""
    folders = [*sorted(ROOT.glob("libs/*/kontor_*")), *sorted(ROOT.glob("services/*/kontor_*"))]
    return [folder for folder in folders if folder.is_dir() and any(_messages(extracted(folder)))]


def po(folder: Path) -> Path:
    return folder / "locale" / "de" / "LC_MESSAGES" / "messages.po"


def extracted(folder: Path) -> Catalog:
    """Every message in the package's Python and templates."""
    found = Catalog(project=folder.name, charset="utf-8")
    rows = extract_from_dir(
        folder, method_map=_METHODS, options_map=_OPTIONS, keywords=_KEYWORDS, comment_tags=("For translators:",)
    )
    problems = extract_from_dir(
        folder / "rendering", method_map=[("**.py", "python")], keywords=_KEYWORDS_OF_LETTERS, comment_tags=()
    )
    for file, line, message, comments, context in (*rows, *problems):
        found.add(message, None, [(file, line)], auto_comments=comments, context=context)
    for code in codes(folder):
        for message in filter(None, (code.word, code.plural, code.long, code.vague)):
            found.add(message)
    return found


def codes(folder: Path) -> list[Code]:
    """The codes of the package's own contract; none where it has no contract."""
    context = folder.name.removeprefix("kontor_")
    if find_spec(f"kontor.{context}") is None:
        return []
    kinds = vars(import_module(f"kontor.{context}.v1.{context}_pb2_codes")).values()
    return [code for kind in kinds if isinstance(kind, type) and issubclass(kind, Code) for code in kind]


def known(folder: Path) -> Catalog:
    """What the package's catalog says now."""
    if not po(folder).is_file():
        return Catalog(locale="de", project=folder.name, charset="utf-8", fuzzy=False)
    with po(folder).open("rb") as opened:
        return read_po(opened, locale="de")


def key(message: Message) -> Key:
    return message.context, message.id[0] if isinstance(message.id, (tuple, list)) else message.id


def said(folder: Path) -> dict[Key, tuple[str, ...]]:
    """The German of each message, in all its plural forms; guesses and gaps are left out."""
    found = {}
    for message in _messages(known(folder)):
        forms = tuple(message.string) if isinstance(message.string, (tuple, list)) else (message.string,)
        if all(forms) and not message.fuzzy:
            found[key(message)] = forms
    return found


def merge(folder: Path, others: dict[Path, dict[Key, tuple[str, ...]]]) -> None:
    """Writes the package's .po anew. `others`: what all packages said before."""
    libraries = [other for other in others if "libs" in other.parts]
    shared = {key(message) for library in libraries for message in _messages(extracted(library))}
    words = {found: forms for words in others.values() for found, forms in words.items()} | said(folder)
    before = known(folder)
    fresh = Catalog(
        locale="de", project=folder.name, charset="utf-8", fuzzy=False, header_comment="# Words of PROJECT."
    )
    fresh.revision_date = fresh.creation_date = before.creation_date
    for message in _messages(extracted(folder)):
        if "libs" in folder.parts or key(message) not in shared:
            forms = words.get(key(message))
            string = None if forms is None else forms[0] if len(forms) == 1 else forms
            fresh.add(message.id, string, auto_comments=message.auto_comments, context=message.context)
    po(folder).parent.mkdir(parents=True, exist_ok=True)
    with po(folder).open("wb") as opened:
        write_po(opened, fresh, sort_output=True, omit_header=False, no_location=True, width=120)


def untranslated() -> list[str]:
    """Messages that nobody says in German."""
    words = {found for folder in packages() for found in said(folder)}
    missing = [(folder, message) for folder in packages() for message in _messages(extracted(folder))]
    return sorted({f"{folder.name}: {key(message)[1]}" for folder, message in missing if key(message) not in words})


def _messages(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


if __name__ == "__main__":
    before = {package: said(package) for package in packages()}
    for package in before:
        merge(package, before)
    print("\n".join(f"no German in {line}" for line in untranslated()) or "Every message has its German.")

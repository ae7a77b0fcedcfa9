"""The words on the page. German is written in the code, other languages are catalogues beside it."""

import gettext
import io
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

Language = Literal["de", "en"]


@lru_cache(maxsize=4)
def words(language: Language) -> gettext.NullTranslations:
    """The translations of a language, read from its .po file once, so that no compiled catalogue has to be shipped."""
    if language == "de":
        return gettext.NullTranslations()
    source = files("kontor_documents.rendering").joinpath("locale", f"{language}.po").read_bytes()
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(source), locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)

"""The words on the page. German is written in the code, other languages are catalogues beside it."""

from functools import cache
from gettext import NullTranslations
from importlib.resources import files

from kontor_service.i18n import Language, compiled


@cache
def words(language: Language) -> NullTranslations:
    """The translations of a language, read from its .po file once."""
    if language == "de":
        return NullTranslations()
    return compiled(files("kontor_documents.rendering").joinpath("locale", f"{language}.po").read_bytes(), language)

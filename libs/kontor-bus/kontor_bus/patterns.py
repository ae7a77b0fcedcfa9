"""Routing patterns of a topic exchange, for where there is none."""

import re
from functools import lru_cache


@lru_cache(maxsize=1024)
def matcher(pattern: str) -> str:
    """A topic pattern as a regular expression over the type with a dot before it.

    `*` is one word, `#` is any number of words, none included. PostgreSQL and Python read it alike.
    """
    words = {"*": r"\.[^.]+", "#": r"(\.[^.]+)*"}
    return "^" + "".join(words.get(word, rf"\.{re.escape(word)}") for word in pattern.split(".")) + "$"


def matches(pattern: str, type_name: str) -> bool:
    return re.match(matcher(pattern), f".{type_name}") is not None

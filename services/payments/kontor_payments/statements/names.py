"""Whether a bank's name of a payer is that of a customer. Pure."""

from difflib import SequenceMatcher
from functools import lru_cache

from kontor_payments.statements.numbers import words_of

# Legal forms, salutations and joining words say nothing about who it is.
_FILLERS = frozenset(
    "GMBH MBH AG KG OHG GBR UG EK EV SE CO COKG HAFTUNGSBESCHRAENKT HERR FRAU FAMILIE FIRMA FA DR PROF UND U INH DIPL ING".split()
)
_ALIKE = 0.86


@lru_cache(maxsize=10_000)
def name_words(name: str) -> frozenset[str]:
    """The words that tell one name from another: `Busch & Söhne GmbH` is BUSCH and SOEHNE."""
    return frozenset(words_of(name)) - _FILLERS


def similar(one: frozenset[str], other: frozenset[str]) -> bool:
    """Banks cut names off, turn them around and leave out umlauts."""
    if not one or not other:
        return False
    few, many = sorted((one, other), key=len)
    if few <= many:
        return len(few) >= 2 or len(many) == 1
    return SequenceMatcher(None, " ".join(sorted(one)), " ".join(sorted(other))).ratio() >= _ALIKE

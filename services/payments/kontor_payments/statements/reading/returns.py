"""How banks say that a payment came back: ISO 20022 reason and transaction codes, the German banks' codes, or plain words.

GVC are the Geschäftsvorfallcodes of the German banking industry (DFÜ agreement, annex 3): 108 and 109 return a direct debit, 159 a
transfer.
"""

import re
from collections.abc import Iterable

# "R" families of ISO 20022: unpaid, returned, reversed, rejected.
_DOMAIN = re.compile(r"PMNT-(RDDT|IDDT|ICDT|RCDT)-(UPDD|PRDD|RCDD|RPCR|RRTN|RVND|UPCT)")
_RETURNED_GVC = frozenset({"108", "109", "159"})
# SWIFT's transaction type, also before the German banks' code.
_RETURNED_ITEM = "NRTI"
_COLLECTED_GVC = frozenset({"104", "105", "107", "170", "171", "174", "192", "193", "196"})
_WORDS = re.compile(r"R(?:Ü|UE|U)CKLAST|R(?:Ü|UE|U)CKGABE|RETOURE", re.IGNORECASE)
_REASON = re.compile(
    r"\b(AC0[1346]|AC13|AG0[12]|AM0[45]|BE05|CNOR|DNOR|FF05|FOCR|MD0[1267]|MS0[23]|RC01|RR0[1-4]|SL01|SP0[12])\b"
)
UNNAMED = "returned"


def return_code(
    reason: str, codes: Iterable[str], posting: str, text: str, *, reversal: bool = False, marked: bool = False
) -> str:
    """Why a payment came back, `returned` where no reason is given, empty where it did not come back.

    Only the bank's `posting` text says in words that it did: in `text` payers write of goods that they send back.
    """
    codes = list(codes)
    said = reversal or marked or bool(reason) or any(_is_return(code) for code in codes) or bool(_WORDS.search(posting))
    if not said:
        return ""
    found = _REASON.search(reason) or _REASON.search(f"{posting} {text}")
    return found.group(1) if found else UNNAMED


def _is_return(code: str) -> bool:
    return bool(_DOMAIN.match(code)) or code.startswith(_RETURNED_ITEM) or gvc(code) in _RETURNED_GVC


def is_direct_debit(codes: Iterable[str]) -> bool:
    """Whether the merchant collected the money: the bank calls it so."""
    return any(code.startswith("PMNT-IDDT") or gvc(code) in _COLLECTED_GVC for code in codes)


def gvc(code: str) -> str:
    """Out of `NTRF+166+9001`, or as MT940 has it alone."""
    pieces = code.split("+")
    return pieces[1] if len(pieces) > 1 else pieces[0]

"""CAMT.053 (ISO 20022), versions 02 to 08, one entry at a time: memory does not grow with the file.

The differences between the versions that matter here: from 08 on a party stands in `Pty`, a status in `Sts/Cd`, and a transaction has
an `Amt` of its own. Both forms are read whatever the version says, because banks mix them.
"""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import BinaryIO

from lxml import etree

from kontor_payments.statements.reading.model import Entry, FileUnreadable, Items, Part, Statement, shortened
from kontor_payments.statements.reading.returns import is_direct_debit, return_code
from kontor_service.i18n import N_
from kontor_service.money import TOO_MUCH, to_minor

_NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.0[2-8]")
_BEFORE, _AFTER = ("OPBD", "PRCD"), ("CLBD",)


def read_camt(file: BinaryIO) -> Items:
    """Raises FileUnreadable, also in the middle of the file."""
    try:
        yield from _statements_and_entries(file)
    except etree.XMLSyntaxError as error:
        raise FileUnreadable(
            N_("This is no readable XML: %(reason)s"), code="statement_xml_broken", reason=error
        ) from error
    except (InvalidOperation, ValueError) as error:
        raise FileUnreadable(
            N_("An entry cannot be read: %(reason)s"), code="statement_entry_broken", reason=error
        ) from error


def _statements_and_entries(file: BinaryIO) -> Items:
    # Neither external files nor entities: a bank's statement has none.
    parser = etree.iterparse(
        file, events=("start", "end"), resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False
    )
    told: etree._Element | None = None
    for event, element in parser:
        if event == "start" and element.getparent() is None:
            _check_root(element)
        name = _name(element)
        if event == "start" and name == "Ntry" and told is not element.getparent():
            told = element.getparent()
            assert told is not None
            yield _statement(told)
        elif event == "end" and name == "Ntry":
            if (entry := _entry(element)) is not None:
                yield entry
            _forget(element)
        elif event == "end" and name == "Stmt":
            if told is not element:
                yield _statement(element)
            _forget(element)


def _check_root(root: etree._Element) -> None:
    if root.getroottree().docinfo.doctype:  # type: ignore[attr-defined]
        raise FileUnreadable(N_("A bank statement has no document type declaration."), code="statement_has_doctype")
    space = etree.QName(root).namespace or ""
    if not _NAMESPACE.fullmatch(space):
        raise FileUnreadable(
            N_("This is no CAMT.053 statement of version 02 to 08, but %(kind)s."), code="statement_kind_unknown",
            kind=space.rpartition(":")[2] or _name(root),
        )  # fmt: skip


def _forget(element: etree._Element) -> None:
    """Frees what is read, and what stood before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _statement(stmt: etree._Element) -> Statement:
    account = _first(stmt, "Acct")
    number = _text(stmt, "ElctrncSeqNb") or _text(stmt, "LglSeqNb") or _text(stmt, "Id")
    return Statement(
        format="camt053",
        number=shortened(number),
        account=shortened(_text(account, "Id/IBAN") or _text(account, "Id/Othr/Id"))[:50],
        currency=_text(account, "Ccy")[:3] or next((_currency(b) for b in _all(stmt, "Bal")), ""),
        opening_minor=_balance(stmt, _BEFORE),
        closing_minor=_balance(stmt, _AFTER),
    )


def _balance(stmt: etree._Element, codes: Iterable[str]) -> int | None:
    found = {_text(balance, "Tp/CdOrPrtry/Cd"): balance for balance in _all(stmt, "Bal")}
    balance = next((found[code] for code in codes if code in found), None)
    return None if balance is None else _signed(balance, _minor(_first(balance, "Amt")))


def _entry(ntry: etree._Element) -> Entry | None:
    """None for what is not booked yet, or only information."""
    status = _text(ntry, "Sts/Cd") or _text(ntry, "Sts")
    if status not in ("", "BOOK"):
        return None
    amount = _first(ntry, "Amt")
    total, currency = _signed(ntry, _minor(amount)), _currency(ntry)
    codes = [*_codes(ntry), *(code for details in _all(ntry, "NtryDtls/TxDtls") for code in _codes(details))]
    booked = _day(ntry, "BookgDt") or _day(ntry, "ValDt")
    if booked is None:
        raise ValueError("BookgDt")
    return Entry(
        booked_on=booked,
        valued_on=_day(ntry, "ValDt") or booked,
        amount_minor=total,
        currency=currency,
        bank_reference=shortened(_text(ntry, "AcctSvcrRef") or _text(ntry, "NtryRef")),
        parts=_parts(ntry, total, currency, codes),
        posting_text=shortened(_text(ntry, "AddtlNtryInf")),
        direct_debit=is_direct_debit(codes),
    )


def _parts(ntry: etree._Element, total: int, currency: str, codes: list[str]) -> tuple[Part, ...]:
    """One for each transaction with its own amount; where one of several has none, all stand for the sum together."""
    details = _all(ntry, "NtryDtls/TxDtls")
    if len(details) <= 1:
        return (_part(ntry, details[0] if details else None, total, currency, codes),)
    amounts = [_own_amount(one, total, currency) for one in details]
    if None not in amounts:
        return tuple(
            _part(ntry, one, amount, currency, codes)
            for one, amount in zip(details, amounts, strict=True)
            if amount is not None
        )
    parts = [_part(ntry, one, 0, currency, codes) for one in details]
    text = " ".join(one.text for one in parts if one.text)
    return (Part(total, total, text=shortened(text), return_code=parts[0].return_code),)


def _own_amount(details: etree._Element, total: int, currency: str) -> int | None:
    """What one transaction of a collective entry is worth, in the account's currency."""
    places = ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/CntrValAmt/Amt", "AmtDtls/InstdAmt/Amt")
    found = next(
        (a for place in places if (a := _first(details, place)) is not None and a.get("Ccy") == currency), None
    )
    if found is None:
        return None
    minor = _minor(found)
    return _signed(details, minor) if _text(details, "CdtDbtInd") else minor if total >= 0 else -minor


def _part(ntry: etree._Element, details: etree._Element | None, amount: int, currency: str, codes: list[str]) -> Part:
    text = " ".join(part.text or "" for part in _all(details, "RmtInf/Ustrd"))
    posting = _text(ntry, "AddtlNtryInf") or _text(details, "AddtlTxInf")
    returned = return_code(
        _text(details, "RtrInf/Rsn/Cd") or _text(details, "RtrInf/Rsn/Prtry"), codes, posting, text,
        reversal=_text(ntry, "RvslInd") == "true", marked=_first(details, "RtrInf") is not None,
    )  # fmt: skip
    # The payer of what came, the payee of what went; of a return the one who had been debited.
    role = "Dbtr" if amount >= 0 or returned else "Cdtr"
    return Part(
        amount_minor=amount,
        original_minor=_original(details, amount, currency) if returned else amount,
        name=shortened(_party(details, role) or _party(details, f"Ultmt{role}")),
        iban=shortened(_text(details, f"RltdPties/{role}Acct/Id/IBAN")).replace(" ", "").upper(),
        text=shortened(text or _text(details, "AddtlTxInf")),
        reference=shortened(_text(details, "RmtInf/Strd/CdtrRefInf/Ref")),
        end_to_end_id=shortened(_text(details, "Refs/EndToEndId")),
        return_code=returned,
    )


def _original(details: etree._Element | None, amount: int, currency: str) -> int:
    """Without what the banks charge for the return."""
    found = _first(details, "AmtDtls/InstdAmt/Amt")
    if found is None or found.get("Ccy") != currency:
        return amount
    return _minor(found) * (1 if amount >= 0 else -1)


def _party(details: etree._Element | None, role: str) -> str:
    return _text(details, f"RltdPties/{role}/Nm") or _text(details, f"RltdPties/{role}/Pty/Nm")


def _codes(element: etree._Element) -> list[str]:
    """The bank's transaction code: `PMNT-RCDT-ESCT`, and the German banks' `NTRF+166+9001`."""
    domain = "-".join(_text(element, f"BkTxCd/Domn/{place}") for place in ("Cd", "Fmly/Cd", "Fmly/SubFmlyCd"))
    return [code for code in (domain.strip("-"), _text(element, "BkTxCd/Prtry/Cd")) if code]


def _minor(amount: etree._Element | None) -> int:
    if amount is None or not amount.text:
        raise ValueError("Amt")
    value = Decimal(amount.text.strip())
    if not 0 <= value < TOO_MUCH:
        raise ValueError(f"Amt {value}")
    return to_minor(value, amount.get("Ccy", ""))


def _signed(element: etree._Element, minor: int) -> int:
    return -minor if _text(element, "CdtDbtInd") == "DBIT" else minor


def _currency(element: etree._Element) -> str:
    amount = _first(element, "Amt")
    return amount.get("Ccy", "")[:3] if amount is not None else ""


def _day(element: etree._Element, name: str) -> date | None:
    text = _text(element, f"{name}/Dt") or _text(element, f"{name}/DtTm")
    return date.fromisoformat(text[:10]) if text else None


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _all(element: etree._Element | None, path: str) -> list[etree._Element]:
    """Children along a path of local names, whatever their namespace."""
    found = [element] if element is not None else []
    for step in path.split("/"):
        found = [child for parent in found for child in parent.iterchildren("{*}" + step)]
    return found


def _first(element: etree._Element | None, path: str) -> etree._Element | None:
    return next(iter(_all(element, path)), None)


def _text(element: etree._Element | None, path: str) -> str:
    found = _first(element, path)
    return (found.text or "").strip() if found is not None else ""

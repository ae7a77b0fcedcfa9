"""Bank statements as banks write them, for tests: CAMT.053 in two versions, MT940, and a ZIP."""

import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

IBAN = "DE75512108001245126199"
PAYER = "DE02120300000000202051"


@dataclass(frozen=True)
class Tx:
    """One transaction in an entry. `amount` is written only where it is given."""

    text: str = ""
    name: str = "Busch GmbH"
    iban: str = PAYER
    amount: str = ""
    instructed: str = ""
    instructed_currency: str = "EUR"
    end_to_end: str = "NOTPROVIDED"
    reason: str = ""
    reference: str = ""


@dataclass(frozen=True)
class Ntry:
    """One entry; `day` is booking and value date."""

    amount: str
    day: str = "2026-11-20"
    debit: bool = False
    txs: tuple[Tx, ...] = (Tx(),)
    ref: str = ""
    status: str = "BOOK"
    reversal: bool = False
    code: str = "PMNT-RCDT-ESCT"
    gvc: str = "NTRF+166"
    currency: str = "EUR"
    posting: str = "GUTSCHR. UEBERWEISUNG"


@dataclass(frozen=True)
class Stmt:
    entries: tuple[Ntry, ...] = field(default_factory=tuple)
    iban: str = IBAN
    number: str = "7"
    opening: str = "1000.00"
    closing: str = ""


def camt(*statements: Stmt, version: str = "08") -> bytes:
    space = f"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"
    body = "".join(_stmt(one, version) for one in statements)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{space}"><BkToCstmrStmt><GrpHdr><MsgId>1</MsgId>'
        f"<CreDtTm>2026-11-21T03:00:00</CreDtTm></GrpHdr>{body}</BkToCstmrStmt></Document>"
    ).encode()


def one_entry(amount: str, text: str, *, version: str = "08", **fields: object) -> bytes:
    """A statement with one credit."""
    tx = {name: fields.pop(name) for name in ("name", "iban", "end_to_end", "reason", "reference") if name in fields}
    return camt(Stmt((Ntry(amount, txs=(Tx(text, **tx),), **fields),)), version=version)  # type: ignore[arg-type]


def zipped(*files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, content in enumerate(files):
            archive.writestr(f"2026-11-{20 + number}_C53_{IBAN}_EUR_{number:06}.xml", content)
    return buffer.getvalue()


def _stmt(statement: Stmt, version: str) -> str:
    closing = statement.closing or f"{float(statement.opening) + sum(_worth(e) for e in statement.entries):.2f}"
    balances = "".join(
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="EUR">{amount.lstrip("-")}</Amt><CdtDbtInd>{"DBIT" if amount.startswith("-") else "CRDT"}</CdtDbtInd>'
        "<Dt><Dt>2026-11-20</Dt></Dt></Bal>"
        for code, amount in (("OPBD", statement.opening), ("CLBD", closing))
    )
    return (
        f"<Stmt><Id>S-{statement.number}</Id><ElctrncSeqNb>{statement.number}</ElctrncSeqNb>"
        f"<CreDtTm>2026-11-21T03:00:00</CreDtTm><Acct><Id><IBAN>{statement.iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
        f"{balances}{''.join(_ntry(e, version) for e in statement.entries)}</Stmt>"
    )


def _worth(entry: Ntry) -> float:
    return 0 if entry.status != "BOOK" else -float(entry.amount) if entry.debit else float(entry.amount)


def _ntry(entry: Ntry, version: str) -> str:
    domain, family, sub = entry.code.split("-")
    status = f"<Cd>{entry.status}</Cd>" if version == "08" else entry.status
    code = (
        f"<BkTxCd><Domn><Cd>{domain}</Cd><Fmly><Cd>{family}</Cd><SubFmlyCd>{sub}</SubFmlyCd></Fmly></Domn>"
        f"<Prtry><Cd>{entry.gvc}</Cd><Issr>DK</Issr></Prtry></BkTxCd>"
    )
    reference = f"<AcctSvcrRef>{entry.ref}</AcctSvcrRef>" if entry.ref else ""
    return (
        f'<Ntry><Amt Ccy="{entry.currency}">{entry.amount}</Amt><CdtDbtInd>{"DBIT" if entry.debit else "CRDT"}</CdtDbtInd>'
        f"{'<RvslInd>true</RvslInd>' if entry.reversal else ''}<Sts>{status}</Sts>"
        f"<BookgDt><Dt>{entry.day}</Dt></BookgDt><ValDt><Dt>{entry.day}</Dt></ValDt>{reference}{code}"
        f"<NtryDtls>{''.join(_tx(t, entry, version) for t in entry.txs)}</NtryDtls>"
        f"<AddtlNtryInf>{escape(entry.posting)}</AddtlNtryInf></Ntry>"
    )


def _tx(tx: Tx, entry: Ntry, version: str) -> str:
    role = "Dbtr" if not entry.debit or tx.reason or entry.reversal else "Cdtr"
    name = f"<Nm>{escape(tx.name)}</Nm>"
    party = f"<Pty>{name}</Pty>" if version == "08" else name
    amount = ""
    if tx.amount and version == "08":
        amount = (
            f'<Amt Ccy="{entry.currency}">{tx.amount}</Amt><CdtDbtInd>{"DBIT" if entry.debit else "CRDT"}</CdtDbtInd>'
        )
    details = f'<TxAmt><Amt Ccy="{entry.currency}">{tx.amount}</Amt></TxAmt>' if tx.amount and version == "02" else ""
    if tx.instructed:
        details = f'<InstdAmt><Amt Ccy="{tx.instructed_currency}">{tx.instructed}</Amt></InstdAmt>' + details
    structured = f"<Strd><CdtrRefInf><Ref>{tx.reference}</Ref></CdtrRefInf></Strd>" if tx.reference else ""
    returned = f"<RtrInf><Rsn><Cd>{tx.reason}</Cd></Rsn></RtrInf>" if tx.reason else ""
    return (
        f"<TxDtls><Refs><EndToEndId>{tx.end_to_end}</EndToEndId></Refs>{amount}"
        f"{f'<AmtDtls>{details}</AmtDtls>' if details else ''}"
        f"<RltdPties><{role}>{party}</{role}><{role}Acct><Id><IBAN>{tx.iban}</IBAN></Id></{role}Acct></RltdPties>"
        f"<RmtInf><Ustrd>{escape(tx.text)}</Ustrd>{structured}</RmtInf>{returned}</TxDtls>"
    )


def mt940(lines: Iterable[tuple[str, str]], *, account: str = "51210800/1245126199", opening: str = "1000,00") -> bytes:
    """`lines` are pairs of a :61: and an :86: without their tags."""
    body = "".join(f":61:{line}\r\n:86:{details}\r\n" for line, details in lines)
    return (
        f":20:STARTUMS\r\n:25:{account}\r\n:28C:00007/001\r\n:60F:C261119EUR{opening}\r\n{body}:62F:C261120EUR0,00\r\n-\r\n"
    ).encode()

"""A CAMT.053 statement of 10,000 entries against 100,000 open invoices: read, checked against what is known, stored and proposed for.

Each size in a process of its own, so that its memory at the highest is its own; the reference is the same with 1,000 entries.
"""

import asyncio
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

import kontor_payments
from kontor_payments.models import Customer, Merchant, Receivable
from kontor_payments.statements.importing import import_file
from kontor_payments.statements.proposing import propose_waiting
from kontor_service.clock import Clock
from kontor_service.database import Database
from kontor_service.embedded_postgres import embedded_postgres
from kontor_service.ids import uuid7
from kontor_service.migrations import migrate
from kontor_service.provision import provision

ENTRIES, FEWER, INVOICES, CUSTOMERS = 10_000, 1_000, 100_000, 5_000
_SECONDS, _GROWTH = 20.0, 1.15
_MERCHANT = UUID("01900000-0000-7000-8000-00000000000a")
_IBAN = "DE75512108001245126199"
_HEAD = """<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>1</MsgId><CreDtTm>2026-11-21T03:00:00</CreDtTm></GrpHdr><Stmt><Id>S-1</Id><ElctrncSeqNb>1</ElctrncSeqNb>
<Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">0.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>"""
_ENTRY = """<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-20</Dt></BookgDt>
<ValDt><Dt>2026-11-20</Dt></ValDt><AcctSvcrRef>{reference}</AcctSvcrRef><BkTxCd><Prtry><Cd>NTRF+166+9001</Cd></Prtry></BkTxCd>
<NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><RltdPties><Dbtr><Pty><Nm>{name}</Nm></Pty></Dbtr>
<DbtrAcct><Id><IBAN>DE02120300000000202051</IBAN></Id></DbtrAcct></RltdPties><RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls>
<AddtlNtryInf>GUTSCHR. UEBERWEISUNG</AddtlNtryInf></Ntry>"""


def run() -> list[dict[str, Any]]:
    """Rows: the seconds against the target, and the memory at the highest against that of fewer entries."""
    fewer, all_of_them = _measured(FEWER), _measured(ENTRIES)
    spent, memory, reference = all_of_them["seconds"], all_of_them["mebibytes"], fewer["mebibytes"]
    name = f"CAMT.053 with {ENTRIES:,} entries against {INVOICES:,} open invoices"
    return [
        {
            "name": f"{name}: read, stored and proposed for", "value": round(spent, 2), "reference": _SECONDS,
            "ratio": round(spent / _SECONDS, 3), "target": 1.0, "unit": "s",
        },
        {
            "name": f"{name}: memory at the highest, against {FEWER:,} entries", "value": memory, "reference": reference,
            "ratio": round(memory / reference, 3), "target": _GROWTH, "unit": "MiB",
        },
    ]  # fmt: skip


def _measured(entries: int) -> dict[str, Any]:
    answer = subprocess.run(
        [sys.executable, "-m", "tests.bench.bench_statements", str(entries)], check=True, capture_output=True, text=True
    )
    found: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return found


async def _one(entries: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="kontor-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with embedded_postgres(Path(folder) / "data") as postgres:
            database = await provision(postgres, "payments", password="bench")
            await migrate(database.owner, kontor_payments)
            numbers = await _fill(database.runtime)
            content = _statement(entries, numbers)
            db, clock = Database(database.runtime), Clock()
            await db.open()
            started = time.perf_counter()
            await import_file(db, clock, _MERCHANT, content, file_name="bench.xml", by="bench")
            await propose_waiting(db, clock)
            spent = time.perf_counter() - started
            await _check(db, entries)
            await db.close()
    kibibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"seconds": spent, "mebibytes": round(kibibytes / 1024, 1)}


async def _check(db: Database, entries: int) -> None:
    """Nine of ten name their invoice with its amount."""
    async with db.connection() as connection, connection.transaction():
        await connection.execute("SELECT set_config('kontor.merchant_id', $1, true)", str(_MERCHANT))
        found = await connection.fetchrow(
            "SELECT count(*) AS all, count(*) FILTER (WHERE certainty = 'certain') AS certain,"
            " count(*) FILTER (WHERE proposed_at IS NULL) AS left FROM statement_entry"
        )
    assert (found["all"], found["left"]) == (entries, 0), found
    assert found["certain"] == entries * 9 // 10, found


_COPIES = """INSERT INTO receivable ({names}) SELECT {values} FROM receivable t, generate_series(0, $1::int - 1) n WHERE t.id = $2"""


async def _fill(url: str) -> list[tuple[str, int]]:
    """A merchant with its customers and open invoices: the numbers and open amounts."""
    merchant = Merchant(id=_MERCHANT, merchant_id=_MERCHANT, epoch=1, version=1, name="Bench", iban=_IBAN)
    customers = [
        Customer(id=uuid7(), merchant_id=_MERCHANT, epoch=1, version=1, name=f"Kunde {n} GmbH")
        for n in range(CUSTOMERS)
    ]
    first = Receivable(
        id=uuid7(), merchant_id=_MERCHANT, document_id=uuid7(), currency="EUR", asked_minor=1, cancelled=True,
        due_date=date(2026, 12, 1),
    )  # fmt: skip
    connection = await asyncpg.connect(url)
    await connection.execute("SELECT set_config('kontor.merchant_id', $1, false)", str(_MERCHANT))
    for rows in ([merchant], customers, [first]):
        await _insert_rows(connection, rows)
    number, amount = "'RE-2026-' || lpad(n::text, 6, '0')", "1000 + n * 7919::bigint % 499000"
    new = dict.fromkeys(("id", "document_id"), "gen_random_uuid()") | {"cancelled": "false"}
    new |= dict.fromkeys(("document_number", "payment_reference"), number)
    new |= dict.fromkeys(("asked_minor", "due_minor", "open_minor"), amount)
    new["customer_id"] = "($3::uuid[])[1 + n % cardinality($3::uuid[])]"
    names = [column.name for column in Receivable.__table__.columns]
    values = ", ".join(new.get(name, f"t.{name}") for name in names)
    copies = _COPIES.format(names=", ".join(names), values=values)
    await connection.execute(copies, INVOICES, first.id, [customer.id for customer in customers])
    await connection.execute("DELETE FROM receivable WHERE id = $1", first.id)
    await connection.close()
    return [(f"RE-2026-{n:06}", 1000 + n * 7919 % 499000) for n in range(INVOICES)]


async def _insert_rows(connection: "asyncpg.Connection[asyncpg.Record]", rows: list[Any]) -> None:
    table = rows[0].__table__
    names = [column.name for column in table.columns]
    records = [
        [
            json.dumps(value) if isinstance(value, (list, dict)) else value
            for value in (getattr(row, name) for name in names)
        ]
        for row in rows
    ]
    places = ", ".join(f"${place}" for place in range(1, len(names) + 1))
    await connection.executemany(f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({places})", records)


def _statement(entries: int, invoices: list[tuple[str, int]]) -> bytes:
    """Each tenth payer names nothing."""
    dice = random.Random(815)
    parts = [_HEAD.format(iban=_IBAN)]
    for n, (number, open_minor) in enumerate(dice.sample(invoices, entries)):
        text = "Vielen Dank" if n % 10 == 0 else f"Rechnung {number.replace('-', ' ')} vom 12.11.2026"
        amount = 900_000_000 + n if n % 10 == 0 else open_minor
        parts.append(_ENTRY.format(amount=f"{amount / 100:.2f}", reference=f"B-{n}", name=f"Kunde {n}", text=text))
    parts.append("</Stmt></BkToCstmrStmt></Document>")
    return "".join(parts).encode()


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_one(int(sys.argv[1])))))

"""Handing in bank statements: what is new is stored once, what does not belong here is refused."""

import asyncio
import os
import time
from pathlib import Path
from typing import Any

import pytest
from statement_files import IBAN, Ntry, Stmt, Tx, camt, mt940, one_entry, zipped
from statement_world import entries, hand_in

from kontor.payments.v1 import payments_pb2 as pb
from kontor_payments.statements import folder
from kontor_payments.statements.folder import import_folder
from kontor_payments.statements.importing import import_file

TWO = camt(Stmt((Ntry("119.00", txs=(Tx("RE-1"),)), Ntry("50.00", debit=True, txs=(Tx("Miete"),)))))


async def test_the_entries_of_a_statement_are_stored_and_what_the_merchant_pays_is_told_to_nobody(world: Any) -> None:
    rows = await entries(world, TWO)

    assert [(r["amount_minor"], r["state"]) for r in rows] == [(11900, "waiting"), (-5000, "outgoing")]
    assert [e.statement_entry.amount_minor for e in await world.told(pb.StatementEntryChanged)] == [11900]
    (told,) = await world.told(pb.BankStatementImported)
    assert (told.bank_statement.account, told.bank_statement.new_payments) == (IBAN, 2)
    assert (told.bank_statement.first_day, told.bank_statement.closing_minor) == ("2026-11-20", 106900)


async def test_the_same_file_twice_changes_nothing(world: Any) -> None:
    first, second = await hand_in(world, TWO), await hand_in(world, TWO)

    assert (first.json()["is_new"], second.json()["is_new"]) == (True, False)
    assert second.json()["statements"][0]["id"] == first.json()["statements"][0]["id"]
    assert len(await world.sql("SELECT FROM statement_entry")) == 2


async def test_the_same_file_twice_at_once_is_stored_once(world: Any) -> None:
    answers = await asyncio.gather(hand_in(world, TWO), hand_in(world, TWO))

    assert sorted(one.json()["is_new"] for one in answers) == [False, True]
    assert len(await world.sql("SELECT FROM statement_entry")) == 2


async def test_a_statement_in_a_zip_that_came_alone_before_is_not_a_second_one(world: Any) -> None:
    await hand_in(world, TWO)
    answer = await hand_in(world, zipped(TWO, one_entry("1.00", "neu", day="2026-11-21")))

    assert [len(answer.json()["statements"]), answer.json()["is_new"]] == [2, True]
    assert len(await world.sql("SELECT FROM bank_statement")) == 2
    assert len(await world.sql("SELECT FROM statement_entry")) == 3


async def test_an_overlapping_statement_brings_only_what_is_new(world: Any) -> None:
    morning = Ntry("119.00", txs=(Tx("RE-1"),))
    await hand_in(world, camt(Stmt((morning, morning))))
    answer = await hand_in(world, camt(Stmt((morning, morning, Ntry("5.00")), number="8")))

    rows = await world.sql("SELECT amount_minor FROM statement_entry ORDER BY id")
    assert [r["amount_minor"] for r in rows] == [11900, 11900, 500]
    assert answer.json()["is_new"]


async def test_identifiers_that_the_bank_uses_again_next_year_are_other_payments(world: Any) -> None:
    await hand_in(world, one_entry("119.00", "RE-1", ref="0001"))
    await hand_in(world, one_entry("119.00", "RE-1", ref="0001", day="2027-11-20"))
    assert len(await world.sql("SELECT FROM statement_entry")) == 2


async def test_mt940_of_a_day_that_came_as_camt_brings_nothing(world: Any) -> None:
    await hand_in(world, one_entry("119.00", "Rechnung RE-1"))
    await hand_in(world, mt940([("2611201120CR119,00N166NONREF", "166?00GUTSCHRIFT?20SVWZ+Rechnung?21 RE-1?32Busch")]))
    assert len(await world.sql("SELECT FROM statement_entry")) == 1


@pytest.mark.parametrize(
    "content",
    [
        camt(Stmt((Ntry("1.00"),), iban="DE02120300000000202051")),
        mt940([("2611201120CR1,00N166NONREF", "166?20SVWZ+x")], account="12030000/202051"),
        zipped(TWO, camt(Stmt((Ntry("1.00"),), iban="DE02120300000000202051"))),
    ],
)
async def test_a_statement_of_another_account_is_refused_and_nothing_is_stored(world: Any, content: bytes) -> None:
    answer = await hand_in(world, content)

    assert (answer.status_code, answer.json()["code"]) == (422, "statement_of_another_account")
    assert "neither in your settings" in answer.json()["detail"]
    assert await world.sql("SELECT FROM bank_statement") == []


async def test_a_refusal_says_which_file_of_a_zip_it_is_about(world: Any) -> None:
    other = camt(Stmt((Ntry("1.00"),), iban="DE02120300000000202051"))
    for second in (other, b"<Document", b"no statement"):
        answer = await hand_in(world, zipped(TWO, second))
        assert answer.json()["detail"].startswith(f"2026-11-21_C53_{IBAN}_EUR_000001.xml: "), answer.text


async def test_statements_of_a_further_account_in_the_settings_are_read(world: Any) -> None:
    await world.register(further_ibans=["DE02120300000000202051"])
    answer = await hand_in(world, camt(Stmt((Ntry("1.00"),), iban="DE02120300000000202051")))
    assert answer.status_code == 201, answer.text


async def test_a_new_statement_has_older_payments_compared_again(world: Any) -> None:
    (before,) = await entries(world, one_entry("119.00", "Rechnung RE-77"))
    assert before["certainty"] == "none"
    await world.invoice(number="RE-77")
    (after, _) = await entries(world, one_entry("5.00", "anderes", day="2026-11-21"))
    assert after["certainty"] == "certain"


async def test_an_account_on_the_merchants_documents_is_theirs(world: Any) -> None:
    await world.invoice(payment_reference="x", iban="DE02120300000000202051")
    answer = await hand_in(world, camt(Stmt((Ntry("1.00"),), iban="DE02120300000000202051")))
    assert answer.status_code == 201, answer.text


async def test_an_account_that_others_are_to_be_paid_at_is_not_the_merchants(world: Any) -> None:
    await world.invoice(payee_name="Factoring AG", iban="DE02120300000000202051")
    answer = await hand_in(world, camt(Stmt((Ntry("1.00"),), iban="DE02120300000000202051")))
    assert answer.json()["code"] == "statement_of_another_account"


async def test_what_is_no_statement_is_refused(world: Any) -> None:
    answer = await hand_in(world, b"Datum;Betrag")
    assert (answer.status_code, answer.json()["code"]) == (422, "statement_unreadable")


def put(folder: Path, name: str, content: bytes, *, age: float = 60) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (file := folder / name).write_bytes(content)
    os.utime(file, (time.time() - age, time.time() - age))
    return file


async def test_files_in_the_merchants_folder_are_read_and_moved(world: Any, tmp_path: Path) -> None:
    await world.register(slug=f"muster-{world.merchant}")
    mine = tmp_path / f"muster-{world.merchant}"
    put(mine, "gut.xml", TWO)
    put(mine, "fremd.xml", camt(Stmt((Ntry("1.00"),), iban="DE02120300000000202051")))
    put(mine, "eben.xml", TWO, age=0)
    put(tmp_path / "niemand", "gut.xml", TWO)

    await import_folder(world.app.state.dependencies, tmp_path)

    assert len(await world.sql("SELECT FROM statement_entry")) == 2
    left = sorted(str(one.relative_to(tmp_path)) for one in tmp_path.rglob("*") if one.is_file())
    assert [one.removeprefix(f"{mine.name}/") for one in left] == [
        "done/gut.xml", "eben.xml", "refused/fremd.xml", "refused/fremd.xml.reason.txt", "niemand/gut.xml",
    ]  # fmt: skip
    assert "DE02120300000000202051" in (mine / "refused/fremd.xml.reason.txt").read_text()


async def test_a_file_that_is_written_anew_while_its_first_version_is_read_is_read_too(
    world: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.register(slug=f"muster-{world.merchant}")
    mine, deps = tmp_path / f"muster-{world.merchant}", world.app.state.dependencies
    put(mine, "auszug.xml", TWO)

    async def meanwhile(*args: Any, **fields: Any) -> Any:
        put(mine, "auszug.xml", one_entry("1.00", "x"))
        return await import_file(*args, **fields)

    monkeypatch.setattr(folder, "import_file", meanwhile)
    await import_folder(deps, tmp_path)
    monkeypatch.undo()
    await import_folder(deps, tmp_path)
    assert len(await world.sql("SELECT FROM statement_entry")) == 3


async def test_a_file_that_cannot_be_read_for_a_fault_of_ours_is_counted_and_tried_again(
    world: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.register(slug=f"muster-{world.merchant}")
    mine, deps = tmp_path / f"muster-{world.merchant}", world.app.state.dependencies
    put(mine, "auszug.xml", TWO)

    async def fails(*_args: Any, **_fields: Any) -> None:
        raise LookupError

    monkeypatch.setattr(folder, "_AGAIN_SECONDS", 0.0)
    with monkeypatch.context() as faulty:
        faulty.setattr(folder, "import_file", fails)
        assert await import_folder(deps, tmp_path) == 1
    assert await import_folder(deps, tmp_path) == 0
    assert (mine / "done/auszug.xml").exists()


async def test_a_second_file_of_a_name_does_not_write_over_the_first(world: Any, tmp_path: Path) -> None:
    await world.register(slug=f"muster-{world.merchant}")
    mine = tmp_path / f"muster-{world.merchant}"
    for content in (TWO, one_entry("1.00", "x")):
        put(mine, "auszug.xml", content)
        await import_folder(world.app.state.dependencies, tmp_path)
    assert sorted(one.name for one in (mine / "done").iterdir()) == ["auszug-2.xml", "auszug.xml"]

"""What a bank statement's file says, whatever its format and version."""

import io
import tracemalloc
import zipfile
from datetime import date
from typing import Any

import pytest
from statement_files import IBAN, PAYER, Ntry, Stmt, Tx, camt, mt940, one_entry, zipped

from kontor_payments.statements.reading.files import read_file
from kontor_payments.statements.reading.model import Entry, FileUnreadable, Statement
from kontor_service.errors import TooLarge


def entries(content: bytes) -> list[Entry]:
    return [item for item in read_file(content) if isinstance(item, Entry)]


def statements(content: bytes) -> list[Statement]:
    return [item for item in read_file(content) if isinstance(item, Statement)]


@pytest.mark.parametrize("version", ["02", "08"])
def test_both_versions_say_the_same(version: str) -> None:
    content = one_entry(
        "119.00", "Rechnung RE-2026-1042", version=version, ref="B-1", end_to_end="E-1", reference="RF18539"
    )

    (head,), (entry,) = statements(content), entries(content)

    assert (head.account, head.number, head.currency) == (IBAN, "7", "EUR")
    assert (head.opening_minor, head.closing_minor) == (100000, 111900)
    assert (entry.booked_on, entry.amount_minor, entry.bank_reference) == (date(2026, 11, 20), 11900, "B-1")
    (part,) = entry.parts
    assert (part.amount_minor, part.name, part.iban) == (11900, "Busch GmbH", PAYER)
    assert (part.text, part.end_to_end_id, part.reference) == ("Rechnung RE-2026-1042", "E-1", "RF18539")
    assert part.return_code == ""


@pytest.mark.parametrize("version", ["02", "08"])
def test_each_transaction_of_a_collective_entry_has_its_own_amount(version: str) -> None:
    txs = (Tx("RE-1", amount="100.00"), Tx("RE-2", amount="19.00"))
    (entry,) = entries(camt(Stmt((Ntry("119.00", txs=txs),)), version=version))
    assert [(part.text, part.amount_minor) for part in entry.parts] == [("RE-1", 10000), ("RE-2", 1900)]


def test_the_only_transaction_without_an_amount_has_that_of_the_entry() -> None:
    (entry,) = entries(one_entry("119.00", "RE-1"))
    assert [part.amount_minor for part in entry.parts] == [11900]


def test_the_only_transaction_has_the_entrys_amount_also_where_banks_took_charges() -> None:
    tx = Tx("RE-1", amount="119.00", instructed="119.00")
    (entry,) = entries(camt(Stmt((Ntry("113.50", txs=(tx,)),))))
    assert [part.amount_minor for part in entry.parts] == [11350]


def test_transactions_without_amounts_stay_one_sum_with_all_their_texts() -> None:
    (entry,) = entries(camt(Stmt((Ntry("119.00", txs=(Tx("RE-1"), Tx("RE-2"))),))))
    assert [(part.text, part.amount_minor) for part in entry.parts] == [("RE-1 RE-2", 11900)]


def test_a_payment_in_another_currency_counts_in_the_accounts() -> None:
    tx = Tx("RE-1", instructed="100.00", instructed_currency="CHF")
    (entry,) = entries(camt(Stmt((Ntry("106.20", txs=(tx,)),))))
    assert (entry.currency, entry.parts[0].amount_minor) == ("EUR", 10620)


def test_a_debit_is_negative_and_names_the_payee() -> None:
    (entry,) = entries(camt(Stmt((Ntry("50.00", debit=True, txs=(Tx("Miete", name="Vermieter"),)),))))
    assert (entry.amount_minor, entry.parts[0].name, entry.parts[0].return_code) == (-5000, "Vermieter", "")


@pytest.mark.parametrize("version", ["02", "08"])
def test_a_returned_direct_debit_has_its_reason_and_the_amount_without_charges(version: str) -> None:
    tx = Tx("RE-1", instructed="119.00", reason="MD06")
    (entry,) = entries(camt(Stmt((Ntry("122.50", debit=True, txs=(tx,), code="PMNT-IDDT-UPDD"),)), version=version))
    (part,) = entry.parts
    assert (part.amount_minor, part.original_minor, part.return_code) == (-12250, -11900, "MD06")
    assert part.name == "Busch GmbH"


@pytest.mark.parametrize(
    "ways",
    [{"gvc": "NRTI+109"}, {"code": "PMNT-IDDT-UPDD"}, {"reversal": True}, {"posting": "RETOURE SEPA-LASTSCHRIFT"}],
)
def test_banks_say_in_many_ways_that_a_debit_is_a_return(ways: Any) -> None:
    (entry,) = entries(camt(Stmt((Ntry("119.00", debit=True, txs=(Tx("RE-1 AC04"),), **ways),))))
    assert entry.parts[0].return_code == "AC04"


@pytest.mark.parametrize("debit", [True, False])
@pytest.mark.parametrize(
    "text", ["Erstattung Retoure RE-1042", "RE-1042 abzgl. Rückgabe", "RE-1042 Rücklastschriftgebühr"]
)
def test_what_is_written_about_goods_sent_back_is_no_returned_payment(text: str, debit: bool) -> None:
    (entry,) = entries(camt(Stmt((Ntry("119.00", debit=debit, txs=(Tx(text),)),))))
    kind, gvc = ("D", "177?00UEBERWEISUNG") if debit else ("C", "166?00GUTSCHRIFT")
    (other,) = entries(mt940([(f"2611201120{kind}R119,00NTRFNONREF", f"{gvc}?20SVWZ+{text}")]))
    assert (entry.parts[0].return_code, other.parts[0].return_code) == ("", "")


def test_mt940_without_the_banks_field_names_a_return_by_its_type_alone() -> None:
    lines = [(f"2611201120DR119,00{kind}NONREF", "RETOURE RE-1 AC04") for kind in ("NRTI", "NTRF")]
    assert [one.parts[0].return_code for one in entries(mt940(lines))] == ["AC04", ""]


def test_a_return_without_a_reason_is_one_all_the_same() -> None:
    (entry,) = entries(camt(Stmt((Ntry("119.00", debit=True, reversal=True),))))
    assert entry.parts[0].return_code == "returned"


def test_what_is_not_booked_yet_is_left_out() -> None:
    content = camt(Stmt((Ntry("1.00", status="PDNG"), Ntry("2.00", status="INFO"), Ntry("3.00"))))
    assert [entry.amount_minor for entry in entries(content)] == [300]


def test_a_statement_without_entries_is_one() -> None:
    assert [one.number for one in statements(camt(Stmt(number="8")))] == ["8"]


def test_a_zip_of_daily_statements_is_read_as_german_banks_deliver_it() -> None:
    content = zipped(one_entry("1.00", "a"), one_entry("2.00", "b", version="02"))
    assert [entry.amount_minor for entry in entries(content)] == [100, 200]


MT940_LINES = [
    (
        "2611201120CR119,00N166NONREF//B-1",
        "166?00GUTSCHR. UEBERWEISUNG?109310?20EREF+E-1?21SVWZ+Rechnung RE-2026-1?22042 vom 12.11.?30DEUTDEFF"
        f"?31{PAYER}?32Busch GmbH?33 und Co",
    ),
    (
        "2611201120DR122,50NRTINONREF//B-2",
        "109?00RUECKLASTSCHRIFT?20EREF+E-9?21OAMT+119,00?22SVWZ+RE-9 AC04?32Busch?34914",
    ),
    ("2611201120RC10,00NMSCNONREF", "020?00STORNO?20SVWZ+Storno"),
]  # fmt: skip


def test_mt940_says_the_same_in_its_structured_field() -> None:
    first, returned, reversal = entries(mt940(MT940_LINES))

    part = first.parts[0]
    assert (first.amount_minor, first.bank_reference, first.booked_on) == (11900, "B-1", date(2026, 11, 20))
    assert (part.text, part.iban, part.name) == ("Rechnung RE-2026-1042 vom 12.11.", PAYER, "Busch GmbH und Co")
    assert part.end_to_end_id == "E-1"
    gone = returned.parts[0]
    assert (gone.amount_minor, gone.original_minor, gone.return_code) == (-12250, -11900, "AC04")
    assert reversal.amount_minor == -1000


def test_mt940_in_the_older_character_set() -> None:
    content = mt940([("2611201120CR1,00N166NONREF", "166?20SVWZ+Jürgen Müller")]).decode().encode("cp1252")
    assert entries(content)[0].parts[0].text == "Jürgen Müller"


@pytest.mark.parametrize("account", ["51210800/1245126199", IBAN, "51210800/1245126199EUR"])
def test_mt940_names_its_account_in_several_ways(account: str) -> None:
    assert [one.account for one in statements(mt940(MT940_LINES, account=account))] == [account]


def test_mt940_in_the_banks_envelope_is_read_without_it() -> None:
    content = b"{1:F01XXXX}{2:O940}{4:\r\n" + mt940(MT940_LINES).replace(b"\r\n-\r\n", b"\r\n-}{5:{CHK:1}}\r\n")
    assert [entry.amount_minor for entry in entries(content)] == [11900, -12250, -1000]
    (head,) = statements(content)
    assert (head.number, head.opening_minor, head.currency) == ("7/1", 100000, "EUR")


def test_several_statements_in_one_mt940_file_are_several() -> None:
    assert len(statements(mt940(MT940_LINES) + mt940(MT940_LINES))) == 2


ENTITY = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "statement_unreadable"),
        (b"%PDF-1.7", "statement_unreadable"),
        (b"Datum;Betrag\r\n1;2", "statement_unreadable"),
        (b"<Document/>", "statement_kind_unknown"),
        (one_entry("1.00", "a").replace(b"camt.053.001.08", b"camt.052.001.08"), "statement_kind_unknown"),
        (one_entry("1.00", "a")[:-40], "statement_xml_broken"),
        (one_entry("1.00", "a").replace(b'">1.00</Amt>', b'">viel</Amt>'), "statement_entry_broken"),
        (one_entry("1.00", "a").replace(b'<?xml version="1.0" encoding="UTF-8"?>', ENTITY), "statement_has_doctype"),
        (b"PK\x03\x04" + b"x" * 100, "statement_zip_broken"),
        (b":20:X\r\n:25:1/2\r\n:61:quatsch\r\n", "statement_entry_broken"),
    ],
)
def test_what_is_no_statement_is_refused_with_a_sentence(content: bytes, code: str) -> None:
    with pytest.raises(FileUnreadable) as refused:
        entries(content)
    assert refused.value.code == code


@pytest.mark.parametrize("packing", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_broken_zip_is_refused_however_it_was_packed(packing: int) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", packing) as archive:
        archive.writestr("a.xml", one_entry("1.00", "a"))
    content = bytearray(buffer.getvalue())
    # Behind the local header, its name and LZMA's own four bytes.
    content[39:80] = b"\xff" * 41
    with pytest.raises(FileUnreadable) as refused:
        entries(bytes(content))
    assert refused.value.code == "statement_zip_broken"


def test_a_zip_that_grows_too_much_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", b" " * 40_000_000)
    with pytest.raises(TooLarge):
        entries(buffer.getvalue())


def test_a_zip_of_too_many_files_is_refused() -> None:
    with pytest.raises(TooLarge):
        entries(zipped(*[b"x"] * 501))


def test_memory_does_not_grow_with_the_number_of_entries() -> None:
    def peak(number: int) -> int:
        content = camt(Stmt(tuple(Ntry("1.00", ref=f"B-{n}") for n in range(number))))
        tracemalloc.start()
        assert sum(isinstance(item, Entry) for item in read_file(content)) == number
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    assert peak(3000) < peak(300) + 5_000_000

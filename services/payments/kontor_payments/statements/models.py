"""The tables of bank statements. Amounts are signed minor units: what came is positive."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from kontor.payments.v1.payments_pb2_codes import MatchCertainty, StatementEntryState
from kontor_payments.models import Base
from kontor_service.models import Aggregate, Check, index, json_column, one_of
from kontor_service.schema import declare_lister

declare_lister(Base, "merchants_with_statements", "bank_statement")
# Entries to be proposed for, and those that staff have confirmed.
declare_lister(
    Base, "merchants_with_entries_to_propose", "statement_entry", "state = 'waiting' AND proposed_at IS NULL"
)
declare_lister(Base, "merchants_with_confirmed_entries", "statement_entry", "state = 'confirmed'")


class BankStatement(Aggregate, Base, table=True):
    """One statement of one account, as it came in a file."""

    __table_args__ = (
        UniqueConstraint("merchant_id", "account", "content"),
        index("bank_statement_file", "merchant_id", "file_sha256"),
    )
    file_sha256: str
    file_name: str = ""
    # A hash of what the statement says: the same one in another file or ZIP is the same.
    content: str
    format: Annotated[str, one_of("camt053", "mt940")]
    number: str = ""
    account: str
    currency: str = ""
    first_day: date | None = None
    last_day: date | None = None
    opening_minor: int | None = None
    closing_minor: int | None = None
    payments: int = 0
    new_payments: int = 0
    imported_by: str = ""
    imported_at: datetime


class StatementEntry(Aggregate, Base, table=True):
    """One payment on a statement; a collective entry of the bank has several, which differ in `part`."""

    __table_args__ = (
        UniqueConstraint("merchant_id", "account", "booked_on", "digest", "ordinal", "part"),
        index("statement_entry_day", "merchant_id", "account", "booked_on"),
        index("statement_entry_waiting", "merchant_id", "id", where="state = 'waiting'"),
        index("statement_entry_confirmed", "merchant_id", "id", where="state = 'confirmed'"),
        index("statement_entry_payer", "merchant_id", "iban", where="customer_id IS NOT NULL"),
    )
    statement_id: UUID = Field(foreign_key="bank_statement.id")
    account: str
    # How the bank's entry is recognised in another file: identity.py.
    digest: str
    ordinal: int
    part: int
    format: str
    entry_minor: int
    balance_minor: int | None = None
    starts_minor: int | None = None
    has_start: bool = False
    whole: bool = False

    booked_on: date
    valued_on: date
    amount_minor: Annotated[int, Check("{} <> 0")]
    # Of a return: the payment without the banks' charges.
    original_minor: int
    currency: str
    name: str = ""
    iban: str = ""
    text: str = ""
    reference: str = ""
    end_to_end_id: str = ""
    return_code: str = ""
    direct_debit: bool = False

    state: Annotated[str, one_of(*StatementEntryState)]
    certainty: Annotated[str, one_of(*MatchCertainty)] = MatchCertainty.NONE
    reasons: list[str] = json_column(list)
    # [{"document_id", "document_number", "amount_minor", "payment_id"}]: proposed, or booked.
    shares: list[dict[str, Any]] = json_column(list)
    # None: to be proposed for by the job.
    proposed_at: datetime | None = None
    decided_by: str = ""
    decided_at: datetime | None = None
    note: str = ""
    # Whose documents it was booked on: from then on the account is known.
    customer_id: UUID | None = None

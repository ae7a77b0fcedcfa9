"""What the sandbox stores: accounts, checkouts and events to deliver, in an SQLite file that survives a restart.

Every call is short and made in the event loop; `with store.transaction():` makes several of them one.
"""

import sqlite3
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from kontor_sandbox import rules
from kontor_sandbox.model import Account, Checkout

_TABLES = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS account (id TEXT PRIMARY KEY, key_sha256 TEXT NOT NULL UNIQUE, data TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS checkout (
    id TEXT PRIMARY KEY, account TEXT NOT NULL, idempotency_key TEXT, reference TEXT NOT NULL, created REAL NOT NULL,
    wake_at REAL, data TEXT NOT NULL, UNIQUE (account, idempotency_key)
);
CREATE INDEX IF NOT EXISTS checkout_reference ON checkout (account, reference);
CREATE INDEX IF NOT EXISTS checkout_wake ON checkout (wake_at);
CREATE TABLE IF NOT EXISTS delivery (
    id INTEGER PRIMARY KEY, account TEXT NOT NULL, checkout TEXT NOT NULL, body BLOB NOT NULL, due_at REAL,
    attempts INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS delivery_due ON delivery (due_at);
"""


class Store:
    def __init__(self, path: Path, public_url: str) -> None:
        self.public_url = public_url
        self._db = sqlite3.connect(path, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        self._db.executescript(_TABLES)

    def transaction(self) -> sqlite3.Connection:
        """Committed at the end of the block, rolled back when it raises."""
        return self._db

    def close(self) -> None:
        self._db.close()

    def account(self, *, id: str = "", key_sha256: str = "") -> Account | None:
        found = self._db.execute("SELECT data FROM account WHERE id = ? OR key_sha256 = ?", (id, key_sha256)).fetchone()
        return Account.model_validate_json(found["data"]) if found else None

    def open_account(self, account: Account, key_sha256: str) -> None:
        """A new one, or new keys of one that is there."""
        row = (account.id, key_sha256, account.model_dump_json())
        self._db.execute("INSERT OR REPLACE INTO account VALUES (?, ?, ?)", row)

    def save_account(self, account: Account) -> None:
        self._db.execute("UPDATE account SET data = ? WHERE id = ?", (account.model_dump_json(), account.id))

    def add(self, checkout: Checkout, idempotency_key: str | None) -> None:
        names = (checkout.id, checkout.account, idempotency_key, checkout.reference, checkout.created_at.timestamp())
        self._db.execute("INSERT INTO checkout VALUES (?, ?, ?, ?, ?, NULL, '')", names)
        self.save(checkout)

    def save(self, checkout: Checkout) -> None:
        wake = rules.wake_at(checkout)
        state = (checkout.model_dump_json(), wake.timestamp() if wake else None, checkout.id)
        self._db.execute("UPDATE checkout SET data = ?, wake_at = ? WHERE id = ?", state)

    def checkout(self, checkout_id: str, account: str = "") -> Checkout | None:
        """With an account named, only one of its own."""
        return next(iter(self._checkouts("id = ? AND ? IN ('', account)", checkout_id, account)), None)

    def by_key(self, account: str, idempotency_key: str | None) -> Checkout | None:
        return next(iter(self._checkouts("account = ? AND idempotency_key = ?", account, idempotency_key)), None)

    def with_payment(self, account: str, payment: str) -> Checkout | None:
        """A payment's id is only inside its checkout; the sandbox is small enough to look through it."""
        found = self._checkouts("account = ? AND instr(data, ?)", account, f'"{payment}"')
        return next((c for c in found if any(p.id == payment for p in c.payments)), None)

    def checkouts(self, *, account: str = "", reference: str = "", limit: int = 50) -> list[Checkout]:
        """The newest first."""
        where = "? IN ('', account) AND ? IN ('', reference) ORDER BY created DESC LIMIT ?"
        return self._checkouts(where, account, reference, limit)

    def due(self, at: datetime) -> list[Checkout]:
        return self._checkouts("wake_at <= ? LIMIT 100", at.timestamp())

    def _checkouts(self, where: str, *values: Any) -> list[Checkout]:
        rows = self._db.execute(f"SELECT data FROM checkout WHERE {where}", values)
        return [Checkout.model_validate_json(row["data"]) for row in rows.fetchall()]

    def add_delivery(self, checkout: Checkout, body: bytes, due_in: float | None) -> None:
        """Queues an event for delivery in `due_in` seconds; with None it is never delivered."""
        due = None if due_in is None else time.time() + due_in
        row = (checkout.account, checkout.id, body, due)
        self._db.execute("INSERT INTO delivery (account, checkout, body, due_at) VALUES (?, ?, ?, ?)", row)

    def deliver_within(self, checkout_id: str, seconds: float) -> None:
        """Brings forward the checkout's deliveries that are due later than in `seconds`."""
        soon = time.time() + seconds
        self._db.execute("UPDATE delivery SET due_at = ? WHERE checkout = ? AND due_at > ?", (soon, checkout_id, soon))

    def due_deliveries(self) -> list[sqlite3.Row]:
        query = "SELECT * FROM delivery WHERE due_at <= ? ORDER BY due_at, id LIMIT 20"
        return self._db.execute(query, (time.time(),)).fetchall()

    def delivered(self, delivery_id: int, again_in: float | None) -> None:
        """Counts an attempt; the next one is due in `again_in` seconds, with None there is none."""
        due = None if again_in is None else time.time() + again_in
        self._db.execute("UPDATE delivery SET attempts = attempts + 1, due_at = ? WHERE id = ?", (due, delivery_id))

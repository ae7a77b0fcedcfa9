"""What a double stores, in an SQLite file that survives a restart: objects as the API shows them, answers by their
idempotency key, and webhooks to deliver.

Every call is short and made in the event loop; `with store.transaction():` makes several of them one.
"""

import json
import sqlite3
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_TABLES = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS object (
    id TEXT PRIMARY KEY, account TEXT NOT NULL, kind TEXT NOT NULL, sequence INTEGER NOT NULL, data TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS object_kind ON object (account, kind, sequence);
CREATE TABLE IF NOT EXISTS answer (
    account TEXT NOT NULL, key TEXT NOT NULL, request TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (account, key)
);
CREATE TABLE IF NOT EXISTS delivery (
    id INTEGER PRIMARY KEY, url TEXT NOT NULL, about TEXT NOT NULL, body BLOB NOT NULL, due_at REAL,
    attempts INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS delivery_due ON delivery (due_at);
"""
Object = dict[str, Any]


def shown(one: Object) -> Object:
    """As the API shows it: without what only the double knows."""
    return {name: value for name, value in one.items() if name != "_hidden"}


class Store:
    """`account` is whose object it is; each account sees its own alone."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        self._db.executescript(_TABLES)

    def transaction(self) -> sqlite3.Connection:
        """Committed at the end of the block, rolled back when it raises."""
        return self._db

    def close(self) -> None:
        self._db.close()

    def add(self, account: str, kind: str, data: Object) -> None:
        """A new object; `data` has its id under "id"."""
        self._db.execute(
            "INSERT INTO object VALUES (?, ?, ?, (SELECT coalesce(max(sequence), 0) + 1 FROM object), ?)",
            (data["id"], account, kind, json.dumps(data)),
        )

    def save(self, data: Object) -> None:
        self._db.execute("UPDATE object SET data = ? WHERE id = ?", (json.dumps(data), data["id"]))

    def remove(self, object_id: str) -> None:
        self._db.execute("DELETE FROM object WHERE id = ?", (object_id,))

    def get(self, account: str, kind: str, object_id: str) -> Object | None:
        query = "SELECT data FROM object WHERE id = ? AND account = ? AND kind = ?"
        found = self._db.execute(query, (object_id, account, kind)).fetchone()
        return json.loads(found["data"]) if found else None

    def every(self, account: str, kind: str) -> list[Object]:
        """The newest first."""
        query = "SELECT data FROM object WHERE account = ? AND kind = ? ORDER BY sequence DESC"
        return [json.loads(row["data"]) for row in self._db.execute(query, (account, kind)).fetchall()]

    def owners(self, kind: str) -> list[tuple[str, Object]]:
        """All accounts' objects of the kind, each with its account, the newest first."""
        rows = self._db.execute("SELECT account, data FROM object WHERE kind = ? ORDER BY sequence DESC", (kind,))
        return [(row["account"], json.loads(row["data"])) for row in rows.fetchall()]

    def answer(self, account: str, key: str) -> sqlite3.Row | None:
        """What was answered to this idempotency key: request, status, body."""
        query = "SELECT request, status, body FROM answer WHERE account = ? AND key = ?"
        found: sqlite3.Row | None = self._db.execute(query, (account, key)).fetchone()
        return found

    def add_answer(self, account: str, key: str, request: str, status: int, body: Object) -> None:
        row = (account, key, request, status, json.dumps(body))
        self._db.execute("INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?, ?)", row)

    def forget_answers(self, account: str) -> None:
        """As providers do after a day; those of the account's parts ("account/live") too."""
        self._db.execute("DELETE FROM answer WHERE account = ? OR account LIKE ? || '/%'", (account, account))

    def add_delivery(self, url: str, about: Mapping[str, str], body: bytes, due_in: float | None) -> None:
        """Queues a webhook for `due_in` seconds from now; with None it is never sent. `about` is for its signature."""
        due = None if due_in is None else time.time() + due_in
        row = (url, json.dumps(dict(about)), body, due)
        self._db.execute("INSERT INTO delivery (url, about, body, due_at) VALUES (?, ?, ?, ?)", row)

    def deliver_within(self, url: str, seconds: float) -> None:
        """Brings forward the address's deliveries that are due later than in `seconds`."""
        soon = time.time() + seconds
        self._db.execute("UPDATE delivery SET due_at = ? WHERE url = ? AND due_at > ?", (soon, url, soon))

    def due_deliveries(self) -> list[sqlite3.Row]:
        query = "SELECT * FROM delivery WHERE due_at <= ? ORDER BY due_at, id LIMIT 20"
        return self._db.execute(query, (time.time(),)).fetchall()

    def delivered(self, delivery_id: int, again_in: float | None) -> None:
        """Counts an attempt; the next one is due in `again_in` seconds, with None there is none."""
        due = None if again_in is None else time.time() + again_in
        self._db.execute("UPDATE delivery SET attempts = attempts + 1, due_at = ? WHERE id = ?", (due, delivery_id))

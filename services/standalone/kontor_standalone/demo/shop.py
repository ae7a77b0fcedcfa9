"""The demo merchant, as shop.toml beside this module describes it."""

import tomllib
from datetime import date, timedelta
from importlib import resources
from typing import Any

SHOP: dict[str, Any] = tomllib.loads(resources.files("kontor_standalone.demo").joinpath("shop.toml").read_text("utf-8"))


def document_of(entry: dict[str, Any], today: date) -> dict[str, Any]:
    """An entry of SHOP["documents"] as an ERP hands it in: with its lines written out and its dates."""
    data = {name: value for name, value in entry.items() if name not in ("days_ago", "due_days", "valid_days", "paid")}
    issued = today - timedelta(days=entry["days_ago"])
    data |= {"external_id": f"demo-{entry['number']}", "issue_date": issued.isoformat()}
    if data["type"] in ("invoice", "credit_note"):
        data["delivery_date"] = (issued - timedelta(days=2)).isoformat()
    for name, days in (("due_date", "due_days"), ("valid_until", "valid_days")):
        if days in entry:
            data[name] = (issued + timedelta(days=entry[days])).isoformat()
    if "lines" in entry:
        data["lines"] = [_line(line) for line in entry["lines"]]
    return data


def _line(line: str | dict[str, str]) -> dict[str, str]:
    return {"tax_rate": "19", **(SHOP["lines"][line] if isinstance(line, str) else line)}

"""Which step of connecting a provider comes next. Pure; `known` is what payments answers to GET /v1/connections."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Steps:
    """`provider`: how it is connected; `connection`: the present account, or None; `former`: ended ones that still have keys."""

    provider: dict[str, Any]
    connection: dict[str, Any] | None
    former: list[dict[str, Any]]

    @property
    def name(self) -> str:
        return str(self.provider["provider"])

    @property
    def live(self) -> bool:
        return self.connection is not None and self.connection["state"] == "live"

    @property
    def has_live_account(self) -> bool:
        return self.connection is not None and self.connection["mode"] == "live"

    @property
    def can_sign_in(self) -> bool:
        """Whether signing in at the provider leads to an account that is wanted now: the operator's own app is of one mode."""
        if self.provider["sign_in"] == "live":
            return bool(self.provider["trial_passed"])
        return self.provider["sign_in"] == "test" and self.next in ("connect", "again") and not self.has_live_account

    @property
    def next(self) -> str:
        """connect, trial, live_keys, switch_on; again where the provider refuses the account; empty: all is done."""
        if self.connection is None:
            return "connect"
        if self.connection["problem"]:
            return "again"
        if self.live:
            return ""
        if not self.provider["trial_passed"]:
            return "trial"
        return "switch_on" if self.has_live_account or not self.provider["has_test_mode"] else "live_keys"


def steps_of(known: dict[str, Any], name: str) -> Steps | None:
    """None for a provider that is not connected here."""
    provider = next((one for one in known["providers"] if one["provider"] == name), None)
    if provider is None:
        return None
    mine = [one for one in known["connections"] if one["provider"] == name]
    present = next((one for one in mine if one["state"] != "ended"), None)
    return Steps(provider, present, [one for one in mine if one["state"] == "ended" and one["has_keys"]])

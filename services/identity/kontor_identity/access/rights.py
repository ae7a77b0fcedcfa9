"""Who may do what. A right is `<thing>:<verb>`; owners ask for rights, never for roles."""

from collections.abc import Iterable

PORTAL_RIGHTS = frozenset({"documents:read", "documents:pay"})
# Who logged in with a password has an account to look after.
ACCOUNT_RIGHT = "account"

_EVERYBODY = frozenset({ACCOUNT_RIGHT, "documents:read"})
ROLE_RIGHTS: dict[str, frozenset[str]] = {
    "owner": _EVERYBODY
    | {
        "merchant:edit", "staff:edit", "api_keys:edit", "templates:edit", "customers:edit", "documents:submit",
        "documents:release", "payments:book", "payments:settings", "mails:resend",
    },
    "sales": _EVERYBODY | {"customers:edit", "documents:submit", "documents:release", "templates:edit", "mails:resend"},
    "accounting": _EVERYBODY
    | {"customers:edit", "documents:submit", "documents:release", "payments:book", "payments:settings", "mails:resend"},
    "support": _EVERYBODY | {"customers:edit", "mails:resend"},
    "read_only": _EVERYBODY,
}  # fmt: skip

# What a system may be given (B13).
API_KEY_SCOPES = frozenset({"documents:submit", "customers:edit", "payments:book", "events:read"})

# Which edge may ask for whom: a service that is broken into cannot act for people it does not serve.
EDGE_OF_KIND = {"portal": "gateway", "link": "gateway", "key": "gateway", "staff": "admin"}


def session_rights(kind: str, role: str, *, has_account: bool) -> frozenset[str]:
    """The rights of a live session; of none where the role is unknown."""
    if kind == "staff":
        return ROLE_RIGHTS.get(role, frozenset())
    return PORTAL_RIGHTS | ({ACCOUNT_RIGHT} if has_account else frozenset())


def unknown_scopes(scopes: Iterable[str]) -> list[str]:
    return sorted(set(scopes) - API_KEY_SCOPES)

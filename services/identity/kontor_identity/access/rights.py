"""Who may do what. A right is `<what>:<verb>`; owners ask for rights, never for roles.

Which rights there are, and whose they are, stands in each owner's contract (proto/, option `context`).
"""

from typing import Literal, get_args

from kontor_events.registry import contexts, rules_of

Role = Literal["owner", "sales", "accounting", "support", "read_only"]

# Who logged in with a password has an account to look after.
ACCOUNT_RIGHT = "account"
# Of documents: which contact person has it is for the merchant to say.
ACCEPT_RIGHT = "documents:accept"

OWNERS = frozenset(contexts())
_RULES = [rules_of(context) for context in sorted(OWNERS)]

PORTAL_RIGHTS = frozenset(right for rules in _RULES for right in rules.portal_rights)
# What a secret link to one of an owner's resources allows, by owner.
LINK_RIGHTS = {context: frozenset(rules_of(context).link_rights) for context in OWNERS}
# Where at the portal such links lead, by owner.
LINK_PATHS = {context: rules_of(context).link_path or "z" for context in OWNERS}
ROLE_RIGHTS: dict[str, frozenset[str]] = {
    role: frozenset({ACCOUNT_RIGHT} | {s.right for rules in _RULES for s in rules.staff_rights if role in s.roles})
    for role in get_args(Role)
}
# What a system may be given (B13).
API_KEY_SCOPES = frozenset(scope for rules in _RULES for scope in rules.key_scopes)

# Which edge may ask for whom: a service that is broken into cannot act for people it does not serve.
EDGE_OF_KIND = {"portal": "gateway", "link": "gateway", "preview": "gateway", "key": "gateway", "staff": "admin"}
EDGES = frozenset(EDGE_OF_KIND.values())


def session_rights(kind: str, role: str, *, has_account: bool) -> frozenset[str]:
    """The rights of a live session; of none where the role is unknown."""
    if kind == "staff":
        return ROLE_RIGHTS.get(role, frozenset())
    return PORTAL_RIGHTS | ({ACCOUNT_RIGHT} if has_account else frozenset())


def may_call(service: str) -> frozenset[str]:
    """The owners a service may call in its own name: edges all of them, owners those that their contract names."""
    if service in EDGES:
        return OWNERS
    return frozenset(rules_of(service).asks) if service in OWNERS else frozenset()

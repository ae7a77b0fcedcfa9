"""What a resource is called, who may make links to it, and how long they live."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, StringConstraints

from kontor_identity.access.rights import OWNERS
from kontor_service.i18n import N_
from kontor_service.tokens import Principal
from kontor_service.validation import wrong

# A sticker hangs as long as its meter. The longest time a meter may hang without a new verification is 16 years
# (MessEV, Anlage 7), and samples of its kind can prolong that. Nobody goes round to put up new ones in between:
# whoever must end a link earlier revokes it.
_YEARS = 20
_LONGEST = 100


def expiry(made_at: datetime) -> datetime:
    """The end of the twentieth year after the one it was made in, UTC."""
    return datetime(made_at.year + _YEARS + 1, 1, 1, tzinfo=UTC)


def context_of(resource: str) -> str:
    """The owner: meters of meters.meter:0192…"""
    return resource.partition(".")[0]


def may_link(caller: Principal, resource: str) -> bool:
    """Staff who may edit what the owner has, the owner itself, and whoever mails the link."""
    context = context_of(resource)
    if caller.kind == "service":
        return caller.subject in ("service:notifications", f"service:{context}")
    return caller.kind == "staff" and f"{context}:edit" in caller.rights


def _resource(value: str) -> str:
    name, _, id = value.partition(":")
    context, _, aggregate = name.partition(".")
    if context not in OWNERS or not aggregate.isidentifier() or not aggregate.islower():
        raise wrong(
            "resource", N_("What a link is for is written <owner>.<aggregate>:<id>, for example meters.meter:4711.")
        )
    return f"{name}:{UUID(id)}"


Resource = Annotated[str, StringConstraints(max_length=_LONGEST), AfterValidator(_resource)]

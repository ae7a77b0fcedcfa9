"""What a capability link opens: a look at whose it is, and a token for one command. Never a session."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kontor_identity.access.rights import EDGE_OF_KIND, LINK_RIGHTS
from kontor_identity.access.tokens import Minted, NotAllowed, PortalOff, mint
from kontor_identity.capability_links.rules import context_of
from kontor_identity.dependencies import Dependencies
from kontor_identity.keys.derived import Purpose, TokenUnreadable
from kontor_identity.limits.buckets import CAPABILITY_LINK, LINK_BY_IP, network
from kontor_identity.links.opening import LinkExpired, LinkUnknown
from kontor_service.i18n import N_


@dataclass(frozen=True)
class OpenedLink:
    """A resource that a good link leads to."""

    link_id: UUID
    merchant_id: UUID
    slug: str
    language: str
    resource: str


async def inspect_capability_link(deps: Dependencies, text: str, ip: str = "") -> dict[str, Any] | None:
    """Whose link it is and to which resource; None where it is no link to a resource, but perhaps another's.

    Raises LinkExpired, PortalOff, TooMany: the page of such a link shows the resource at once, so one that is
    worthless must not name it.
    """
    await deps.limits.take(LINK_BY_IP, network(ip))
    try:
        opened = await _open(deps, text)
    except LinkUnknown:
        return None
    return {"slug": opened.slug, "document_id": None, "resource": opened.resource}


async def token_for_link(deps: Dependencies, *, edge: str, audience: str, right: str, link: str, ip: str) -> Minted:
    """A token for one command at the owner of the link's resource, with a right that the owner's contract gives to links.

    Raises LinkUnknown, LinkExpired, NotAllowed, PortalOff, TooMany.
    """
    await deps.limits.take(LINK_BY_IP, network(ip))
    opened = await _open(deps, link)
    # Counted by link only where it is genuine: nobody else can use up what its holder has.
    await deps.limits.take(CAPABILITY_LINK, str(opened.link_id))
    if EDGE_OF_KIND["link"] != edge or context_of(opened.resource) != audience or right not in LINK_RIGHTS[audience]:
        raise NotAllowed(
            N_("This link does not have the right %(right)s at %(audience)s."), right=right, audience=audience
        )
    return mint(
        deps.signing, audience, subject=f"link:{opened.link_id}", kind="link", name="",
        merchant_id=opened.merchant_id, rights=[right], language=opened.language, resource=opened.resource,
    )  # fmt: skip


async def _open(deps: Dependencies, text: str) -> OpenedLink:
    try:
        token = deps.secrets.read(text)
    except TokenUnreadable as error:
        raise LinkUnknown from error
    row = await deps.db.pool.fetchrow("SELECT * FROM resource_of_link($1)", token.id)
    if row is None:
        raise LinkUnknown
    generation = deps.secrets.generation_of(token, Purpose.CAPABILITY, row["generation"])
    if generation is None:
        raise LinkUnknown
    if generation != row["generation"] or row["closed"]:
        raise LinkExpired(slug=row["slug"], can_request_new=False)
    if not row["portal_enabled"]:
        raise PortalOff
    return OpenedLink(token.id, row["merchant_id"], row["slug"], row["language"], row["resource"])

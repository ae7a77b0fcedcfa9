"""Who answers for a document (B17): a member of staff by their e-mail address, or somebody the sender describes."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_documents.content.model import DocumentData
from kontor_documents.models import StaffMember
from kontor_service.errors import Invalid
from kontor_service.i18n import N_

UnknownResponsible = Invalid.named("responsible_unknown", N_("No member of staff has this e-mail address."))

_KNOWN = ("name", "phone", "function", "team")


async def with_responsible(session: AsyncSession, data: DocumentData) -> DocumentData:
    """What the sender leaves out is taken from the member of staff with this address, and the picture always.

    Raises UnknownResponsible for an address of nobody where there is no name either.
    """
    given = data.responsible
    if given is None:
        return data
    query = select(StaffMember).where(
        StaffMember.email == given.email.strip().lower(), col(StaffMember.active).is_(True)
    )
    staff = (await session.exec(query)).first() if given.email else None
    if staff is None:
        if not given.name:
            raise UnknownResponsible(field="responsible")
        return data.model_copy(update={"responsible": given.model_copy(update={"picture_sha256": ""})})
    known = {name: getattr(given, name) or getattr(staff, name) for name in _KNOWN}
    full = given.model_copy(update=known | {"email": staff.email, "picture_sha256": staff.picture_sha256})
    return data.model_copy(update={"responsible": full})

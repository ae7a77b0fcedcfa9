"""Who writes quotes."""

from fastapi import Request

from kontor_edge.staff import Staff, current_staff
from kontor_service.errors import Forbidden
from kontor_service.i18n import gettext as _

RIGHT = "documents:submit"


async def current_writer(request: Request) -> Staff:
    """The member of staff who asks. Raises Forbidden for a role that writes no quotes."""
    staff = await current_staff(request)
    refuse_readers(staff)
    return staff


def refuse_readers(staff: Staff) -> None:
    if not staff.may(RIGHT):
        raise Forbidden(_("Your role does not include writing quotes."), code="not_allowed")

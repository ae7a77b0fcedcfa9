"""Kinds of input that several features take."""

from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from kontor_service.i18n import N_
from kontor_service.validation import wrong

# Control characters have no meaning here, and PostgreSQL takes no NUL.
_LINE = r"^[^\x00-\x1f\x7f]*$"
_TEXT = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
# Beyond these years calendars and zones mean nothing for a meter.
_FIRST, _LAST = 1900, 2200


def _in_our_time(moment: datetime) -> datetime:
    if not _FIRST <= moment.year < _LAST:
        raise wrong("year", N_("A year from %(first)s to %(last)s is expected here."), first=_FIRST, last=_LAST)
    return moment


Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100, pattern=_LINE)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=_LINE)]
# What stands on a meter.
Number = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=_LINE)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=_TEXT)]
Day = Annotated[date, Field(ge=date(_FIRST, 1, 1), lt=date(_LAST, 1, 1))]
Moment = Annotated[datetime, AfterValidator(_in_our_time)]

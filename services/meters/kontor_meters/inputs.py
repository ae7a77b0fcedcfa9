"""Kinds of input that several features take."""

from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from kontor_service import validation
from kontor_service.i18n import N_
from kontor_service.validation import wrong

# Beyond these years calendars and zones mean nothing for a meter.
_FIRST, _LAST = 1900, 2200


def _in_our_time(moment: datetime) -> datetime:
    if not _FIRST <= moment.year < _LAST:
        raise wrong("year", N_("A year from %(first)s to %(last)s is expected here."), first=_FIRST, last=_LAST)
    return moment


Line = Annotated[validation.Line, StringConstraints(strip_whitespace=True, max_length=100)]
# In one constraint the length would be that before the strip.
Title = Annotated[validation.Line, StringConstraints(strip_whitespace=True), Field(min_length=1, max_length=200)]
# What stands on a meter.
Number = Annotated[validation.Line, StringConstraints(strip_whitespace=True), Field(min_length=1, max_length=40)]
Note = Annotated[validation.Text, StringConstraints(strip_whitespace=True, max_length=500)]
Day = Annotated[date, Field(ge=date(_FIRST, 1, 1), lt=date(_LAST, 1, 1))]
Moment = Annotated[datetime, AfterValidator(_in_our_time)]

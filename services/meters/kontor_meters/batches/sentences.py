"""What is said of an item, in the reader's language."""

from collections.abc import Mapping
from typing import Any

from kontor.meters.v1.meters_pb2_codes import FindingCode, LineCode, LineOutcome
from kontor_service.i18n import gettext as _
from kontor_service.vocabulary import say


def message(code: str) -> str:
    """In English, with %(name)s for what is filled in."""
    known = LineCode.known(code) or FindingCode.known(code)
    return known.word if known else code


def sentence(told: Mapping[str, Any]) -> str:
    """`told`: as `lines.described` has it."""
    params = told["params"]
    unit = params.get("unit", "").replace("m3", "m³")
    parts = [
        say(told["message"], params | {name: f"{params[name]} {unit}" for name in ("used", "most") if name in params})
    ]
    if "count" in params:
        parts.append(_("This concerns %(count)s values.", count=params["count"]))
    if told["outcome"] == LineOutcome.QUESTIONED:
        parts.append(_("The value counts once it is checked."))
    return " ".join(parts)

"""SaxonC, in a worker: its native heap is then shared by nobody, and it is used by one thread only (it is not safe for
several). This module imports little, because the worker does."""

from functools import cache
from typing import Any


@cache
def _processor() -> Any:
    from saxonche import PySaxonProcessor  # loads 90 MB of native code; only the worker needs it

    return PySaxonProcessor(license=False)


@cache
def _stylesheet(path: str) -> Any:
    return _processor().new_xslt30_processor().compile_stylesheet(stylesheet_file=path)


class CannotEvaluate(Exception):
    """A rule cannot be evaluated: it expects one element where this document has several."""


def transform(stylesheet: str, xml: str) -> str:
    """The schematron's report (SVRL). Raises CannotEvaluate; Saxon's own error cannot be sent to another process."""
    from saxonche import PySaxonApiError

    try:
        node = _processor().parse_xml(xml_text=xml)
        return str(_stylesheet(stylesheet).transform_to_string(xdm_node=node))
    except PySaxonApiError as error:
        raise CannotEvaluate(" ".join(str(error).split())) from None

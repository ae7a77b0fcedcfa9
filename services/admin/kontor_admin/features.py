"""The admin's table of contents. A new feature is a folder and a name here; owners bring theirs in a page package."""

from kontor_admin import (
    api,
    api_keys,
    board,
    customers,
    documents,
    mails,
    payments,
    release,
    sessions,
    settings_pages,
    uploads,
)
from kontor_edge.feature import Feature, arranged

_CONTENTS = (
    sessions, board, documents, uploads, release, customers, payments, mails, api_keys, settings_pages, api,
)  # fmt: skip

FEATURES: tuple[Feature, ...] = arranged((part.FEATURE for part in _CONTENTS), "admin")

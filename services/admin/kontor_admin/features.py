"""The admin's table of contents, in the order of its menu. A new feature is a folder and a name here."""

from kontor_admin import (
    api,
    api_keys,
    board,
    customers,
    documents,
    mails,
    meters,
    payments,
    release,
    sessions,
    settings_pages,
    uploads,
)
from kontor_admin.feature import Feature

_CONTENTS = (
    sessions, board, documents, uploads, release, customers, meters, payments, mails, api_keys, settings_pages, api,
)  # fmt: skip

FEATURES: tuple[Feature, ...] = tuple(part.FEATURE for part in _CONTENTS)

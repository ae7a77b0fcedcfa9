"""The admin's table of contents: owners bring their features in page packages, these are its own."""

from kontor_admin import api, api_keys, board, customers, mails, sessions, settings_pages
from kontor_edge.feature import Feature, collect_features

_CONTENTS = (sessions, board, customers, mails, api_keys, settings_pages, api)

FEATURES: tuple[Feature, ...] = collect_features((part.FEATURE for part in _CONTENTS), "admin")

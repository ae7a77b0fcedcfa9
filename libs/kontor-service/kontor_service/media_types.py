"""Media types as senders name them."""

import re

_MEDIA_TYPE = re.compile(r"(application|audio|font|image|text|video)/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")


def safe_media_type(media_type: str) -> str:
    """The media type that the sender named, if it is a valid one (RFC 6838); otherwise application/octet-stream."""
    found = media_type.strip().lower()
    return found if _MEDIA_TYPE.fullmatch(found) else "application/octet-stream"

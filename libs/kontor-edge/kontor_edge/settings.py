"""What every edge is told from outside, besides what every service is told."""

from pydantic import SecretStr

from kontor_service.settings import ServiceSettings


class EdgeSettings(ServiceSettings):
    # The role that writes the copy; database_url is the page role, which may execute functions and nothing else.
    copy_database_url: SecretStr
    upload_bytes: int = 20 * 1024 * 1024

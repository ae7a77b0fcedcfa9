"""What the admin is told from outside, besides what every service is told."""

from pydantic import SecretStr

from kontor_service.settings import ServiceSettings


class Settings(ServiceSettings):
    service: str = "admin"
    port: int = 8001

    # The role that writes the copy; database_url is the page role, which may execute functions and nothing else.
    copy_database_url: SecretStr

    # One file of an upload; documents has its own limit for what it reads.
    upload_bytes: int = 20 * 1024 * 1024
    # How many files may come in one request.
    upload_files: int = 50

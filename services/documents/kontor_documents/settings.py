"""What the documents service is told from outside."""

from kontor_service.settings import ServiceSettings


class Settings(ServiceSettings):
    service: str = "documents"
    port: int = 8011
    # Largest file at the door, in bytes.
    max_upload_bytes: int = 20 * 1024 * 1024

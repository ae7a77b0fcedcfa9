"""What meters is told from outside, besides what every service is told."""

from kontor_service.settings import ServiceSettings


class Settings(ServiceSettings):
    service: str = "meters"
    port: int = 8014

"""What meters is told from outside, besides what every service is told."""

from kontor_service.settings import ServiceSettings


class Settings(ServiceSettings):
    service: str = "meters"
    port: int = 8014
    # Seconds between two looks at what is to be done, where nothing wakes the jobs before.
    jobs_every: float = 5.0

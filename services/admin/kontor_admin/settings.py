"""What the admin is told from outside, besides what every edge is told."""

from kontor_edge.settings import EdgeSettings


class Settings(EdgeSettings):
    service: str = "admin"
    port: int = 8001

    # How many files may come in one request.
    upload_files: int = 50

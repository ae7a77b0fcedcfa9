"""What the gateway is told from outside, besides what every service is told."""

from pydantic import SecretStr

from kontor_service.settings import ServiceSettings


class Settings(ServiceSettings):
    service: str = "gateway"
    port: int = 8000

    # The role that writes the copy; database_url is the page role, which may execute functions and nothing else.
    copy_database_url: SecretStr

    # Where a payment form may lead: the providers' own pages.
    provider_origins: tuple[str, ...] = ("https://checkout.stripe.com", "https://www.paypal.com")
    # The sandbox provider's page; taken in development only.
    sandbox_url: str = "http://localhost:8020"

    # The portal that the bare address leads to, where one merchant has the platform to itself: its slug.
    home_portal: str = ""

    upload_bytes: int = 20 * 1024 * 1024

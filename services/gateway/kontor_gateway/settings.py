"""What the gateway is told from outside, besides what every edge is told."""

from kontor_edge.settings import EdgeSettings


class Settings(EdgeSettings):
    service: str = "gateway"
    port: int = 8000

    # Where a payment form may lead: the providers' own pages.
    provider_origins: tuple[str, ...] = (
        "https://checkout.stripe.com",
        "https://www.paypal.com",
        "https://www.sandbox.paypal.com",
    )
    # The sandbox provider's page; taken in development only.
    sandbox_url: str = "http://localhost:8020"

    # The portal that the bare address leads to, where one merchant has the platform to itself: its slug.
    home_portal: str = ""

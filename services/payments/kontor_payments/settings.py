"""Settings of payments, besides those of every service."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from kontor_payments.connections.credentials import CredentialKeys
from kontor_service.settings import ServiceSettings


class Settings(ServiceSettings):
    service: str = "payments"
    port: int = 8012

    # The sandbox provider's API; empty where merchants cannot try it out.
    sandbox_url: str = ""
    # What opens accounts at the sandbox.
    sandbox_platform_key: SecretStr = SecretStr("sandbox")
    # Stripe's API, and where merchants connect their accounts; empty: merchants cannot use Stripe.
    stripe_url: str = "https://api.stripe.com"
    stripe_connect_url: str = "https://connect.stripe.com"
    # Of the operator's own Stripe account with Connect; empty: merchants connect by a restricted key.
    stripe_client_id: str = ""
    stripe_platform_key: SecretStr = SecretStr("")
    # What the operator gets of each payment of an account that connected by OAuth, in percent.
    stripe_application_fee_percent: float = Field(default=0.0, ge=0, lt=100)
    # PayPal's API for live accounts and for those of its sandbox; empty: merchants cannot use PayPal.
    paypal_url: str = "https://api-m.paypal.com"
    paypal_sandbox_url: str = "https://api-m.sandbox.paypal.com"
    # Of the operator's own account as a partner of PayPal; empty: merchants connect by an app of their own.
    paypal_client_id: str = ""
    paypal_client_secret: SecretStr = SecretStr("")
    paypal_partner_id: str = ""
    # Which of the two addresses knows the operator's app.
    paypal_partner_mode: Literal["test", "live"] = "live"
    # The partner's BN code, which PayPal notes with each payment.
    paypal_attribution_id: str = ""
    # Where providers send their webhooks; {provider}/{connection} is added. None: the portal's public address.
    webhook_url: str | None = None
    # Encrypts providers' keys at rest. Losing it means connecting the providers again.
    credential_key: SecretStr = SecretStr("development")
    # What the key is called beside what it encrypts: another key wants another id.
    credential_key_id: str = "1"
    # Keys of before, by id, until everything is encrypted with the present one: which the next start does.
    former_credential_keys: dict[str, SecretStr] = Field(default_factory=dict)
    # How long a provider may take to answer, in seconds.
    provider_timeout: float = 10.0
    # The job that asks providers about checkouts that they never reported about looks around every so many seconds.
    ask_every: float = 5.0
    # A folder in which another program puts bank statements: one subfolder for each merchant, named as in the merchant's address.
    statement_folder: Path | None = None
    # Seconds between two looks into it.
    statement_folder_every: float = 30.0

    @model_validator(mode="after")
    def own_credential_key(self) -> Self:
        if self.environment == "production" and len(self.credential_key.get_secret_value()) < 32:
            raise ValueError("credential_key: at least 32 characters outside development")
        if "." in self.credential_key_id or self.credential_key_id in self.former_credential_keys:
            raise ValueError("credential_key_id: without a full stop, and none of the former ones")
        return self

    @property
    def credential_keys(self) -> CredentialKeys:
        keys = {**self.former_credential_keys, self.credential_key_id: self.credential_key}
        return CredentialKeys(keys, self.credential_key_id)

    def webhook_address(self, provider: str, connection_id: object) -> str:
        base = self.webhook_url or f"{self.portal_url}/webhooks"
        return f"{base}/{provider}/{connection_id}"

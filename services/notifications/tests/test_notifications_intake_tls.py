"""Mail servers hand answers on encrypted, where a certificate is set."""

import ssl
from pathlib import Path
from typing import Any

import aiosmtplib
import pytest
from certificates import certificate
from intake_mails import DOMAIN, INTAKE, answer, send
from pydantic import ValidationError

from kontor_notifications.settings import Settings
from kontor_testing.serving import free_port


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def more_settings(files: tuple[Path, Path]) -> dict[str, Any]:
    crt, key = map(str, files)
    return {
        **INTAKE, "intake_port": free_port(), "intake_certificate_file": crt, "intake_key_file": key,
        "intake_requires_tls": True,
    }  # fmt: skip


def trusting(files: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(files[0]))
    context.check_hostname = False
    return context


async def test_a_mail_comes_in_by_starttls(desk: Any, files: tuple[Path, Path], merchant: Any) -> None:
    await desk.know(merchant)
    message = answer(f"antwort+{merchant.slug}@{DOMAIN}")
    said = await send(desk.app.state.intake_port, message, start_tls=True, tls_context=trusting(files))
    assert said.startswith("2.0.0")
    assert len(await desk.rows("SELECT id FROM incoming_mail")) == 1


async def test_a_renewed_certificate_counts_at_the_next_connection(desk: Any, files: tuple[Path, Path]) -> None:
    for _ in range(2):
        async with aiosmtplib.SMTP(
            hostname="127.0.0.1", port=desk.app.state.intake_port, start_tls=True, tls_context=trusting(files)
        ) as smtp:
            assert smtp.get_transport_info("ssl_object").version().startswith("TLSv1.")
        certificate(files[0].parent)


async def test_without_encryption_nothing_is_taken_where_it_is_required(desk: Any, merchant: Any) -> None:
    await desk.know(merchant)
    with pytest.raises(aiosmtplib.SMTPResponseException, match="STARTTLS"):
        await send(desk.app.state.intake_port, answer(f"antwort+{merchant.slug}@{DOMAIN}"), start_tls=False)
    assert await desk.rows("SELECT id FROM incoming_mail") == []


@pytest.mark.parametrize("given", [
    {"intake_certificate_file": "/tls.crt"}, {"intake_key_file": "/tls.key"}, {"intake_requires_tls": True}
])  # fmt: skip
def test_half_a_certificate_is_refused_at_the_start(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="intake_"):
        Settings(
            environment="development", database_url="postgresql://x", bus_url="postgresql://x", service_secret="s",
            service_url="http://x", **INTAKE, **given,
        )  # fmt: skip

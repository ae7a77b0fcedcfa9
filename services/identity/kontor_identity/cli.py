"""What operators do at identity from a shell: `python -m kontor_identity register …`, and `kontor merchant register …`."""

import asyncio
import sys
from typing import Any

import click
from pydantic import ValidationError

from kontor_identity.app import create_dependencies
from kontor_identity.keys.signing import new_seed
from kontor_identity.merchants.inputs import Registration
from kontor_identity.merchants.service import register_merchant
from kontor_identity.settings import Settings
from kontor_service.database import Database
from kontor_service.errors import Problem, invalid_from
from kontor_service.files import Files
from kontor_service.i18n import speak
from kontor_service.vocabulary import say


@click.group()
def commands() -> None:
    """Identity's commands beside serving and migrating."""


@commands.command("new-key")
def new_key() -> None:
    """Prints a fresh key for signing_keys or secret_keys."""
    click.echo(new_seed())


@commands.command()
@click.option("--name", required=True, help="The merchant's name.")
@click.option("--slug", required=True, help="Path of the portal: a-z, 0-9 and hyphen.")
@click.option("--owner-name", required=True)
@click.option("--owner-email", required=True)
@click.option("--language", default="de", show_default=True, type=click.Choice(["de", "en"]))
@click.option("--password-stdin", is_flag=True, help="Read the owner's password from standard input; else mail a link.")
def register(name: str, slug: str, owner_name: str, owner_email: str, language: str, password_stdin: bool) -> None:
    """Registers a merchant and its first owner. Settings come from the environment."""
    speak("en")
    password = sys.stdin.readline().rstrip("\n") if password_stdin else None
    owner = {"name": owner_name, "email": owner_email, "password": password}
    wanted = _wanted({"name": name, "slug": slug, "language": language, "owner": owner})
    try:
        settings = Settings()
        merchant_id = asyncio.run(_register(settings, wanted))
    except (Problem, ValidationError) as error:
        raise click.ClickException(str(error)) from error
    entrance = "" if password else f"; {owner_email} gets a mail with a link to choose a password"
    click.echo(f"Portal {settings.portal_url}/{slug}, admin {settings.admin_public_url}{entrance}.", err=True)
    click.echo(merchant_id)


def _wanted(given: dict[str, Any]) -> Registration:
    """Raises ClickException, with a sentence for each option that cannot be used."""
    try:
        return Registration.model_validate(given)
    except ValidationError as error:
        sentences = [
            f"--{finding['field'].replace('.', '-')}: {say(finding['message'], finding.get('params', {}))}"
            for finding in invalid_from(error.errors()).errors
        ]
        raise click.ClickException("\n".join(sentences)) from error


async def _register(settings: Settings, wanted: Registration) -> str:
    db = Database(settings.database_url.get_secret_value(), pool_size=2)
    await db.open()
    try:
        deps = await create_dependencies(settings, db, Files(settings.files_url))
        try:
            return str((await register_merchant(deps, wanted))["id"])
        finally:
            await deps.push.close()
    finally:
        await db.close()

"""`python -m kontor_bus dead|ingest-user …`: the operators' commands, inside any service's container."""

import click

from kontor_bus.cli import dead
from kontor_bus.ingest.users import ingest_user


@click.group()
def commands() -> None:
    """The bus, for those who run it."""


commands.add_command(dead)
commands.add_command(ingest_user)

if __name__ == "__main__":
    commands(prog_name="python -m kontor_bus")

"""`python -m kontor_identity [serve|migrate|register …|new-key]`."""

import sys

import kontor_identity
from kontor_identity.app import create_app
from kontor_identity.cli import commands
from kontor_identity.settings import Settings
from kontor_service.server import main

if __name__ == "__main__":
    if sys.argv[1:2] in ([], ["serve"], ["migrate"]):
        main(kontor_identity, Settings(), create_app)
    else:
        commands()

"""`python -m kontor_gateway [serve|migrate]`."""

import kontor_gateway
from kontor_gateway.app import create_app
from kontor_gateway.settings import Settings
from kontor_service.server import main

main(kontor_gateway, Settings(), create_app)

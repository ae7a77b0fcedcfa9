"""`python -m kontor_meters [migrate]`"""

import kontor_meters
from kontor_meters.app import create_app
from kontor_meters.settings import Settings
from kontor_service.server import main

main(kontor_meters, Settings(), create_app)

import kontor_admin
from kontor_service.server import main

from kontor_admin.app import create_app
from kontor_admin.settings import Settings

main(kontor_admin, Settings(), create_app)  # type: ignore[call-arg]

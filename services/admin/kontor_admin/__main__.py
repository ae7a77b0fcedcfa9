import kontor_admin
from kontor_admin.app import create_app
from kontor_admin.settings import Settings
from kontor_service.server import main

main(kontor_admin, Settings(), create_app)

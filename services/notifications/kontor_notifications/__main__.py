"""python -m kontor_notifications [migrate]"""

import kontor_notifications
from kontor_notifications.app import create_app
from kontor_notifications.settings import Settings
from kontor_service.server import main

if __name__ == "__main__":
    main(kontor_notifications, Settings(), create_app)

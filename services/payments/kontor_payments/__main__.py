"""`python -m kontor_payments [migrate]`"""

import kontor_payments
from kontor_payments.app import create_app
from kontor_payments.settings import Settings
from kontor_service.server import main

main(kontor_payments, Settings(), create_app)

"""`python -m kontor_documents [migrate]`"""

import kontor_documents
from kontor_documents.app import create_app
from kontor_documents.settings import Settings
from kontor_service.server import main

main(kontor_documents, Settings(), create_app)

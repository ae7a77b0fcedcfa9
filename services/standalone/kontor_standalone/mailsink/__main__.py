"""python -m kontor_standalone.mailsink: the sink alone, as docker compose runs it."""

import uvicorn

from kontor_standalone.mailsink.app import create_app
from kontor_standalone.mailsink.settings import MailSinkSettings

if __name__ == "__main__":
    settings = MailSinkSettings()
    uvicorn.run(create_app(settings), host=settings.host, port=settings.port, log_level="warning")

"""`python -m kontor_sandbox`"""

import uvicorn

from kontor_sandbox.server import create_app
from kontor_sandbox.settings import SandboxSettings

settings = SandboxSettings()
uvicorn.run(create_app(settings), host=settings.host, port=settings.port, access_log=False)

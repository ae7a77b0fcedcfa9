"""`python -m kontor_provider_doubles stripe`"""

import sys

import uvicorn

from kontor_provider_doubles.server import PROVIDERS, create_app
from kontor_provider_doubles.settings import DoubleSettings

if sys.argv[1:2] not in [[name] for name in PROVIDERS]:
    sys.exit(f"python -m kontor_provider_doubles {'|'.join(PROVIDERS)}")
provider, settings = sys.argv[1], DoubleSettings()
uvicorn.run(create_app(provider, settings), host=settings.host, port=settings.port_of(provider), access_log=False)

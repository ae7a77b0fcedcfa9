"""`python -m kontor_service [migrate]`: the service that KONTOR_SERVICE names, as an image does it."""

import os
import runpy

runpy.run_module(f"kontor_{os.environ['KONTOR_SERVICE']}", run_name="__main__", alter_sys=True)

#!/bin/sh
# Installs what the arguments need (see packages.py) into /opt/venv: as locked, hashes checked, wheels only.
set -eu
python packages.py "$@" >chosen.lock
python -m pip --python /opt/venv/bin/python install --require-hashes --no-deps --only-binary :all: -r chosen.lock

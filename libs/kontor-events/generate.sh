#!/bin/sh
# Generates the Python code of the bus contract from proto/ (make proto).
set -eu
cd "$(dirname "$0")/../.."
out=${1:-libs/kontor-events}
python -m grpc_tools.protoc -I proto --python_out="$out" --mypy_out=readable_stubs:"$out" $(find proto -name '*.proto' | sort)
find "$out/kontor" -type d ! -name __pycache__ -exec touch {}/__init__.py \;
touch "$out/kontor/py.typed"
python tools/codes.py "$out"

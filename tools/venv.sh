#!/bin/sh
# The virtual environment with the locked dependencies: sh tools/venv.sh PYTHON FOLDER PACKAGE…
set -eu
python=$1 folder=$2
shift 2

fail() {
    echo "$1" >&2
    exit 1
}

command -v "$python" >/dev/null || fail "Kontor needs Python 3.11 or newer; none is called $python (set PYTHON=…)."
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "Kontor needs Python 3.11 or newer; $python is $("$python" -V)."
if [ ! -x "$folder/bin/python" ] || ! "$folder/bin/python" -m pip --version >/dev/null 2>&1; then
    # Debian and Ubuntu leave ensurepip to a package of its own.
    if ! "$python" -c 'import ensurepip' 2>/dev/null; then
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
            apt-get update -qq && apt-get install -y -qq "python$version-venv" >/dev/null
        else
            fail "Python's venv is missing: install it with  sudo apt-get install python$version-venv"
        fi
    fi
    "$python" -m venv "$folder"
fi

echo "Installing the locked dependencies …"
pip="$folder/bin/python -m pip --quiet --disable-pip-version-check"
editable=$(printf -- '-e ./%s ' "$@")
# Compiled at once, so that no process does it at its start, also where PYTHONDONTWRITEBYTECODE is set.
# uv installs in seconds what pip takes minutes for; it comes from the lock as well. Where it cannot be had, pip does it.
awk '/^uv==/ { on = 1; print; next } on && /^    --hash/ { print; next } { on = 0 }' requirements.lock >"$folder/uv.txt"
if $pip install --require-hashes --no-deps -r "$folder/uv.txt" 2>/dev/null &&
    "$folder/bin/uv" pip install --quiet --compile-bytecode --python "$folder/bin/python" --require-hashes --no-deps -r requirements.lock; then
    # shellcheck disable=SC2086
    "$folder/bin/uv" pip install --quiet --python "$folder/bin/python" --no-deps --no-build-isolation $editable
else
    $pip install --require-hashes --no-deps -r requirements.lock
    # shellcheck disable=SC2086
    $pip install --no-deps --no-build-isolation $editable
fi

#!/bin/sh
# Makes the virtual environment: sh tools/venv.sh PYTHON FOLDER
set -eu
python=$1 folder=$2

fail() {
    echo "$1" >&2
    exit 1
}

command -v "$python" >/dev/null || fail "Kontor needs Python 3.11 or newer; none is called $python (set PYTHON=…)."
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail "Kontor needs Python 3.11 or newer; $python is $("$python" -V)."
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

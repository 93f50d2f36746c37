#!/bin/sh
# Installs on the first call, without internet, then serves on http://127.0.0.1:8501 until Ctrl+C.
#   ./start.sh [options of Streamlit, such as --server.port 8600] [-- --data FOLDER]
#   ./start.sh --install-only    stops before serving
#   CCN_PYTHON=/path/to/python3.12 ./start.sh    takes that Python
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
cd -- "$here"

usable() {
    "$1" install.py --usable >/dev/null 2>&1
}

python=${CCN_PYTHON:-}
if [ -z "$python" ]; then
    for name in python3 @NAMES@ python; do
        if usable "$name"; then
            python=$name
            break
        fi
    done
elif ! usable "$python"; then
    "$python" install.py
    exit 1
fi
if [ -z "$python" ]; then
    echo "Cần Python 64 bit, một trong các phiên bản: @PYTHONS@ (Debian, Ubuntu: gói python3-venv)." >&2
    echo "A 64-bit Python is needed, one of: @PYTHONS@ (Debian, Ubuntu: package python3-venv)." >&2
    exit 1
fi

"$python" install.py
if [ "${1:-}" = --install-only ]; then
    exit 0
fi
exec "$here/.venv/bin/python" -m lib.serve "$@"

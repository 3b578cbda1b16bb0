#!/bin/sh
# Creates .venv unless a working one is there. PYTHON names the interpreter; else the first that is new enough is taken.
here=$(dirname "$0")
.venv/bin/python -c 'import pip' 2>/dev/null && exit 0

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
find_python() {
    for name in $PYTHON python3 python3.14 python3.13 python3.12 python3.11; do
        if new_enough "$name"; then
            echo "$name"
            return
        fi
    done
}

[ -z "$PYTHON" ] || new_enough "$PYTHON" || { echo "$PYTHON is no Python 3.11 or newer" >&2; exit 1; }
python=$(find_python)
if [ -z "$python" ]; then
    sh "$here/debian.sh" "Python 3.11 or newer" python3 python3-venv || exit 1
    python=$(find_python)
fi
[ -n "$python" ] || { echo "No Python 3.11 or newer was found; name one: make PYTHON=/path/to/python3" >&2; exit 1; }
"$python" -c 'import ensurepip' 2>/dev/null || sh "$here/debian.sh" "$python -m venv" python3-venv || exit 1
echo "Creating .venv with $("$python" --version)"
exec "$python" -m venv --clear .venv

#!/bin/sh
# Makes .venv from the pinned requirements: with uv where it can be had, with pip otherwise.
set -eu
cd "$(dirname "$0")/.."

python=
for candidate in python3 python3.13 python3.12 python3.11; do
  if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$candidate
    break
  fi
done
if [ -z "$python" ]; then
  echo "mlopsc needs Python 3.11 or newer; there is none on the PATH." >&2
  exit 2
fi

echo "Making .venv with $("$python" --version) ..."
if command -v uv >/dev/null; then
  uv venv --quiet --allow-existing --python "$(command -v "$python")" .venv
  uv=uv
else
  "$python" -m venv .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check uv 2>/dev/null || true
  uv=.venv/bin/uv
fi
if command -v "$uv" >/dev/null; then
  "$uv" pip install --quiet --python .venv/bin/python -r tests/requirements.txt
  "$uv" pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation -e .
else
  .venv/bin/python -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
fi
touch .venv/.ready

#!/usr/bin/env bash
# Sets up, then serves examples/demo with a private Redis until it is interrupted.
# PUFF_BIND says where (127.0.0.1:7777).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
deploy/setup.sh

venv=$PWD/.venv
export PUFF_BIND=${PUFF_BIND:-127.0.0.1:7777}
printf '==> open http://%s/ (Ctrl-C stops)\n' "$PUFF_BIND"
cd examples/demo
exec "$venv/bin/puff" dev

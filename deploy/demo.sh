#!/usr/bin/env bash
# Sets up, then serves examples/demo and routes in C++ with a private PostgreSQL and Redis until it
# is interrupted. PUFF_BIND says where (127.0.0.1:7777).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. deploy/lib.sh
deploy/setup.sh
build_release native_route

# The program is `puff` with routes in C++ beside the Python ones.
program=$PWD/build/release/examples/native_route/native_route
export VIRTUAL_ENV=$venv PUFF_BIND=${PUFF_BIND:-127.0.0.1:7777}
say "open http://$PUFF_BIND/ (Ctrl-C stops)"
cd examples/demo
exec "$program" dev

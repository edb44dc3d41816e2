#!/usr/bin/env bash
# The compliance suite of DB-API 2.0 (PEP 249), with puff.postgres:
#   tests/suites/dbapi.sh [--help] [OPTION..] [TEST..]
# Needs deploy/setup.sh before, and the network the first time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. deploy/lib.sh
PYTHONPATH=tests:tests/suites exec "$venv/bin/python" tests/suites/run_dbapi.py "$@"

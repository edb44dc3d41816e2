#!/usr/bin/env bash
# psycopg2's own tests, with puff.postgres in psycopg2's place:
#   tests/suites/psycopg2.sh [--help] [OPTION..] [TEST..]
# Needs deploy/setup.sh before, and the network the first time. --driver psycopg2 runs the same with
# psycopg2, and --compare both.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. deploy/lib.sh
venv=$PWD/build/suites/venv
mkdir -p build/suites
python_packages build examples test bench >&2
PYTHONPATH=tests:tests/suites exec "$venv/bin/python" tests/suites/run_psycopg2.py "$@"

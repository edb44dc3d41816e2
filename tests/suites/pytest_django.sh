#!/usr/bin/env bash
# pytest-django's own tests, with Puff's database backend, run by `puff pytest`:
#   tests/suites/pytest_django.sh [--help] [OPTION..] [TEST..]
# Needs deploy/setup.sh before, and the network the first time. --driver psycopg2 runs the same with
# psycopg2 and without Puff, to compare.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. deploy/lib.sh
venv=$PWD/build/suites/venv
mkdir -p build/suites
python_packages build examples test bench >&2
PYTHONPATH=tests:tests/suites exec "$venv/bin/python" tests/suites/run_pytest_django.py "$@"

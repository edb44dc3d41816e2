#!/usr/bin/env bash
# Django's own tests of databases and caches, with Puff's backends:
#   tests/suites/django.sh [--help] [OPTION..] [LABEL..]
# Needs deploy/setup.sh before, and the network the first time. --driver psycopg2 runs the same with
# psycopg2 and without Puff, to compare.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. deploy/lib.sh
venv=$PWD/build/suites/venv
mkdir -p build/suites
python_packages build examples test bench >&2
PYTHONPATH=tests:tests/suites exec "$venv/bin/python" tests/suites/run_django.py "$@"

#!/usr/bin/env bash
# Lets schemathesis ask the chat of examples/graphql_chat whatever its schema allows, and what it does
# not:
#   tests/suites/schemathesis.sh [SECONDS [EXAMPLES]]     20 seconds and 50 of each field, if not said
# It is fetched into build/schemathesis the first time. A server error, an answer that is none, or one
# that takes longer than two seconds, fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
folder=build/schemathesis
if [ ! -x $folder/bin/schemathesis ]; then
  /usr/bin/python3 -m venv $folder
  $folder/bin/pip install -q --disable-pip-version-check -r requirements/schemathesis.txt
fi
exec .venv/bin/python tests/suites/run_schemathesis.py $folder/bin/schemathesis "${1:-20}" "${2:-50}"

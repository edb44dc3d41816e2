#!/usr/bin/env bash
# Runs the Autobahn test suite against an echo that Puff serves:
#   tests/suites/autobahn.sh [CASE..]     all but the timings of group 9 take a minute; "1.*" "12.*" ..
# The suite is of the days of Python 2.7, which PYTHON2 names; it is fetched into build/autobahn. Ends
# with the cases that are neither OK nor informational; "non-strict" are those where an echo of what
# came before a breach is lost, as the suite allows. tests/integration/test_websocket_conformance.py has
# the same groups for every day.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
python2=${PYTHON2:-$(command -v python2.7)} || {
  echo "error: there is no Python 2.7; PYTHON2 may name one" >&2
  exit 1
}
folder=$PWD/build/autobahn
mkdir -p "$folder/site"
if [ ! -e "$folder/installed" ]; then
  "$python2" -m pip install -q --disable-pip-version-check --target "$folder/packages" \
    autobahntestsuite==0.8.2 Twisted==20.3.0 cryptography==3.3.2 pyopenssl==21.0.0 klein==20.6.0 \
    Werkzeug==1.0.1
  touch "$folder/packages/zope/__init__.py" "$folder/installed"
fi
cp tests/suites/autobahn_echo.py "$folder/site/"
printf 'asgi = "autobahn_echo.application"\n[websocket]\nmax_message_bytes = 33554432\n' \
  >"$folder/site/puff.toml"
exec "${PYTHON:-.venv/bin/python}" tests/suites/run_autobahn.py "$python2" "$folder" "${@:-*}"

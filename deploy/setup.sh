#!/usr/bin/env bash
# Makes a fresh clone on Debian 12 ready: system packages, .venv, a release build, and the command
# .venv/bin/puff, which works from any folder. Safe to repeat; the second run fetches nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. deploy/lib.sh

packages "${build_packages[@]}"
python_packages build examples
deploy/graphiql.sh
build_release puff_runtime
install_puff
say "ready: $venv/bin/puff"

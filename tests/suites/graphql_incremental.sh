#!/usr/bin/env bash
# Compares @defer and @stream with graphql-js 17 on fresh cases:
#   tests/suites/graphql_incremental.sh [SEED [SCHEMAS [CASES_OF_EACH]]]
# Needs node and npm, the network the first time, and the program graphql_incremental_probe of a
# build (GRAPHQL_PROBE names another than that of build/dev). ctest compares the committed answers.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. deploy/lib.sh
probe=${GRAPHQL_PROBE:-build/dev/tests/graphql/incremental/graphql_incremental_probe}
node_packages tests/graphql/incremental >&2
mkdir -p build/suites
node tests/graphql/incremental/oracle.js "${2:-25}" "${3:-80}" "${1:-$RANDOM}" >build/suites/incremental.jsonl
exec "$probe" build/suites/incremental.jsonl

#!/usr/bin/env bash
# Compares the GraphQL engine's front half with graphql-js on fresh cases:
#   tests/suites/graphql.sh [SEED [COUNT]]
# Needs node and npm, the network the first time, and the program graphql_probe of a build
# (GRAPHQL_PROBE names another than that of build/dev). The committed answers are compared by ctest.
#   tests/suites/graphql.sh --renew    makes the committed answers anew
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
probe=${GRAPHQL_PROBE:-build/dev/tests/graphql/graphql_probe}
answers=tests/graphql/answers/graphql-js-16.jsonl
[ -d tests/graphql/node_modules ] || (cd tests/graphql && npm ci --silent --no-audit --no-fund) >&2
if [ "${1:-}" = --renew ]; then
  node tests/graphql/oracle.js make 2025 2000 >"$answers"
  exec "$probe" "$answers"
fi
mkdir -p build/suites
node tests/graphql/oracle.js make "${1:-$RANDOM}" "${2:-5000}" >build/suites/graphql.jsonl
exec "$probe" build/suites/graphql.jsonl

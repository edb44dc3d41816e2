#!/usr/bin/env bash
# Compares the GraphQL engine's front half with graphql-js, 16 and 17, on fresh cases; what the two
# disagree about is in tests/graphql/differences.js:
#   tests/suites/graphql.sh [SEED [COUNT]]
# Needs node and npm, the network the first time, and the program graphql_probe of a build
# (GRAPHQL_PROBE names another than that of build/dev). The committed answers are compared by ctest.
#   tests/suites/graphql.sh --renew    makes the committed answers anew
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
probe=${GRAPHQL_PROBE:-build/dev/tests/graphql/graphql_probe}
answers=tests/graphql/answers/graphql-js.jsonl
[ -d tests/graphql/node_modules ] || (cd tests/graphql && npm ci --silent --no-audit --no-fund) >&2
if [ "${1:-}" = --renew ]; then
  node tests/graphql/oracle.js 2025 3000 >"$answers"
  node tests/graphql/scalars/oracle.js >tests/graphql/scalars/answers.jsonl
  exec "$probe" "$answers"
fi
node tests/graphql/execution/agreement.js tests/graphql/execution/answers/execution.jsonl
node tests/graphql/scalars/oracle.js | cmp - tests/graphql/scalars/answers.jsonl
mkdir -p build/suites
node tests/graphql/oracle.js "${1:-$RANDOM}" "${2:-5000}" >build/suites/graphql.jsonl
exec "$probe" build/suites/graphql.jsonl

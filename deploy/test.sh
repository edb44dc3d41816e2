#!/usr/bin/env bash
# Sets up, then builds and tests everything: unit tests (plain and with sanitizers), the installed
# command and package, and the checks of the source. A step that fails does not stop those that do
# not depend on it. Ends with "N passed, N failed", which counts tests and steps, and with a
# non-zero status if anything failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. deploy/lib.sh

passed=0
failed=0
logs=$PWD/build/test
rm -rf "$logs"
mkdir -p "$logs"
export PYTHONDONTWRITEBYTECODE=1

# report NAME PASSED FAILED SECONDS LOG: adds to the totals; shows the log's last line, or all of it
# if anything failed.
report() {
  passed=$((passed + $2)) failed=$((failed + $3))
  if [ "$3" = 0 ]; then
    tail -n 1 "$5" | cut -c -100
    say "ok: $1 ($2 passed, $4 s)"
    return
  fi
  cat "$5"
  say "FAILED: $1 ($2 passed, $3 failed, $4 s)"
  return 1
}

# step NAME MINUTES COMMAND..: a check that counts as one.
step() {
  local name=$1 minutes=$2 log=$logs/$1.log began=$SECONDS
  shift 2
  say "$name"
  if timeout -k 10 "${minutes}m" "$@" >"$log" 2>&1 </dev/null; then
    report "$name" 1 0 $((SECONDS - began)) "$log"
  else
    printf '(exit status %s)\n' $? >>"$log"
    report "$name" 0 1 $((SECONDS - began)) "$log"
  fi
}

# suite NAME MINUTES COMMAND..: a test runner that leaves JUnit files in the folder $results. A
# runner that fails without a failed test, or leaves no test at all, counts as one failure.
suite() {
  local name=$1 minutes=$2 log=$logs/$1.log began=$SECONDS status good bad
  shift 2
  say "$name"
  timeout -k 10 "${minutes}m" "$@" >"$log" 2>&1 </dev/null
  status=$?
  read -r good bad < <("$python" tests/checks/tally.py "$logs/$name" "$status" 2>>"$log")
  report "$name" "${good:-0}" "${bad:-1}" $((SECONDS - began)) "$log"
}

# foreign NAME MINUTES RUNNER ARGUMENT..: tests of another project with Puff in the place of what it
# knows, by tests/suites/run_RUNNER.py, which says "N passed, N failed".
foreign() {
  local name=$1 minutes=$2 runner=$3 log=$logs/$1.log began=$SECONDS status good bad
  shift 3
  say "$name"
  PYTHONPATH=tests:tests/suites timeout -k 10 "${minutes}m" \
    "$venv/bin/python" "tests/suites/run_$runner.py" "$@" >"$log" 2>&1 </dev/null
  status=$?
  read -r good bad < <("$python" tests/checks/tally.py "$log" "$status")
  report "$name" "${good:-0}" "${bad:-1}" $((SECONDS - began)) "$log"
}

# not_run NAME.. because what they need has failed: a failure each.
not_run() {
  local name
  for name in "$@"; do
    failed=$((failed + 1))
    say "FAILED: $name (not run, since what it needs failed)"
  done
}


# unit PRESET NAME: the unit tests; GoogleTest tells the cases, ctest the programs that died.
unit() { suite "$2" 20 env GTEST_OUTPUT="xml:$logs/$2/" ctest --preset "$1" \
  --no-tests=error -j "$(nproc)" --output-junit "$logs/$2/ctest.xml"; }

pytests() {
  local name=$1
  shift
  suite "$name" 30 "$venv/bin/python" -m pytest -q --junitxml="$logs/$name/pytest.xml" "$@"
}

step packages 15 bash -c '. deploy/lib.sh; packages "${build_packages[@]}" "${test_packages[@]}"'
if ! step python-packages 15 bash -c '. deploy/lib.sh; python_packages build examples test'; then
  printf '%s passed, %s failed\n' "$passed" "$failed"
  exit 1
fi

step node-packages 10 bash -c '. deploy/lib.sh; node_packages tests/graphql'
step graphiql 5 deploy/graphiql.sh

step layering 5 "$venv/bin/python" tests/checks/layering.py
step clang-format 5 bash -c 'git ls-files -co --exclude-standard -- "*.cpp" "*.hpp" "*.h" |
  while read -r file; do [ ! -e "$file" ] || echo "$file"; done |
  xargs -r clang-format-14 --dry-run -Werror'
step ruff-check 5 "$venv/bin/ruff" check
step ruff-format 5 "$venv/bin/ruff" format --check
step mypy 10 "$venv/bin/mypy"
pytests check-tests tests/checks

if step build-release 45 bash -c '. deploy/lib.sh; build_release all'; then
  unit release unit-release
  step suite-graphql-js 2 env GRAPHQL_PROBE=build/release/tests/graphql/graphql_probe \
    tests/suites/graphql.sh "$RANDOM" 3000
  step headers 20 cmake --build --preset release --target all_verify_interface_header_sets
  if step install 5 bash -c '. deploy/lib.sh; install_puff'; then
    pytests integration tests/integration
    foreign suite-dbapi 1 dbapi
    foreign suite-psycopg2 2 psycopg2 --quick
    foreign suite-django 3 django --pooled backends transactions
    foreign suite-pytest-django 2 pytest_django --pooled --quick
    foreign suite-sqlalchemy 3 sqlalchemy test/dialect/test_suite.py
  else
    not_run integration suite-dbapi suite-psycopg2 suite-django suite-pytest-django suite-sqlalchemy
  fi
else
  not_run unit-release suite-graphql-js headers install integration suite-dbapi suite-psycopg2 suite-django \
    suite-pytest-django suite-sqlalchemy
fi

if step build-sanitized 45 bash -c \
  'cmake --preset asan --log-level=WARNING && cmake --build --preset asan'; then
  unit asan unit-sanitized
else
  not_run unit-sanitized
fi

step clang-tidy 20 "$venv/bin/python" tests/checks/tidy.py

printf '%s passed, %s failed\n' "$passed" "$failed"
[ "$failed" = 0 ]

#!/usr/bin/env bash
# Measures Puff against its peers: run.sh [TOPIC|all], topics: http
# frameworks redis pubsub websocket postgres django actors cluster graphql tasks startup syscalls
# [--rounds N] [--seconds N] [--only CASE]; README.md tells more. Variables:
#   PUFF             the command to measure (.venv/bin/puff)
#   PUFF_BENCH_BUILD a build folder that has the C++ programs (else build/release, built here)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. deploy/lib.sh

need wrk "apt install wrk"
need redis-server "apt install redis-server"
export PUFF=${PUFF:-$PWD/.venv/bin/puff}
need "$PUFF" "run deploy/setup.sh, or name another command by PUFF"

# Who is measured besides Puff has an environment of its own, with the same frameworks as .venv.
venv=$PWD/build/bench/venv
mkdir -p build/bench
(python_packages examples bench) >&2
case ${1:-all} in tasks | graphql | all) (node_packages tests/bench) >&2 ;; esac
case ${1:-all} in
  graphql | all)
    need cargo "apt install cargo, or rustup.rs"
    cargo build --release --locked -q --manifest-path tests/bench/rust/Cargo.toml \
      --target-dir build/bench/rust >&2 ;;
esac

if [ -z "${PUFF_BENCH_BUILD:-}" ]; then
  export PUFF_BENCH_BUILD=$PWD/build/release
  case ${1:-all} in
    http | redis | pubsub | websocket | postgres | actors | cluster | graphql | tasks | all)
      build_release plain_beast native_hello beast_echo websocket_load bench_pubsub_engine \
        bench_redis_engine bench_libpq_pipeline bench_actors bench_greenlet_ask \
        bench_stream_round_trip graphql_floor bench_graphql bench_graphql_execution \
        bench_task_ceiling bench_task_addon >&2 ;;
  esac
fi

cd tests/bench
PYTHONDONTWRITEBYTECODE=1 exec "$venv/bin/python" -m measure "$@"

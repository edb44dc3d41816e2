#!/usr/bin/env bash
# Starts the three nodes of examples/cluster over a private Redis until it is interrupted: `web`
# serves HTTP on PUFF_BIND (127.0.0.1:7777), `worker-1` and `worker-2` run tasks; all keep actors.
# PUFF_CLUSTER_URL names a Redis that is there already. NO_SETUP=1 takes what is installed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. deploy/lib.sh
[ -n "${NO_SETUP:-}" ] || deploy/setup.sh
puff=${PUFF_COMMAND:-$venv/bin/puff}

folder=$(mktemp -d)
started=()
end_all() {
  trap - EXIT INT TERM
  # The nodes first: they put their actors to rest.
  [ ${#started[@]} = 0 ] || kill -TERM "${started[@]}" 2>/dev/null || true
  for pid in "${started[@]}"; do wait "$pid" 2>/dev/null || true; done
  [ -z "${redis:-}" ] || { kill -TERM "$redis" 2>/dev/null || true; wait "$redis" 2>/dev/null || true; }
  rm -rf "$folder"
}
trap end_all EXIT
trap 'exit 0' INT TERM

if [ -z "${PUFF_CLUSTER_URL:-}" ]; then
  need redis-server "run deploy/setup.sh"
  redis-server --port 0 --unixsocket "$folder/redis.sock" --dir "$folder" --save "" \
    --appendonly yes --logfile "$folder/redis.log" --daemonize no &
  redis=$!
  until [ -S "$folder/redis.sock" ]; do
    kill -0 "$redis" || fail "redis-server did not start: $(cat "$folder/redis.log")"
    read -rt 0.05 <> <(:) || :
  done
  export PUFF_CLUSTER_URL=unix://$folder/redis.sock
fi
export PUFF_DEFAULT_REDIS_URL=${PUFF_DEFAULT_REDIS_URL:-$PUFF_CLUSTER_URL}
export PUFF_DEFAULT_TASK_QUEUE_URL=${PUFF_DEFAULT_TASK_QUEUE_URL:-$PUFF_CLUSTER_URL}
export PUFF_BIND=${PUFF_BIND:-127.0.0.1:7777}

cd examples/cluster
for name in worker-1 worker-2; do
  "$puff" worker --name "$name" &
  started+=($!)
done
# The web node adds tasks and leaves them to the workers.
sed 's/^\[\[task_queue\]\]/&\nrun_tasks = false/' puff.toml >"$folder/web.toml"
PUFF_CONFIG=$folder/web.toml "$puff" serve --name web &
started+=($!)
say "three nodes start; http://$PUFF_BIND/ answers soon (Ctrl-C stops)"
wait -n "${started[@]}" || fail "a node ended; the others are stopped"

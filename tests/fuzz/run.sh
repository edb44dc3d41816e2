#!/usr/bin/env bash
# Fuzzes, one target after the other, with what earlier runs found as the beginning:
#   tests/fuzz/run.sh [MINUTES [TARGET..]]     10 minutes each of all targets, if not said
# Builds with clang 14 in build/fuzz. What is found lies in build/fuzz/found/TARGET; an input that
# fails in build/fuzz/failed. At the end the corpus in tests/fuzz/TARGET is made anew, as small as what
# it reaches allows.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
minutes=${1:-10}
targets=("${@:2}")
[ ${#targets[@]} -gt 0 ] || targets=(graphql graphql_plan)
export CC=clang-14 CXX=clang++-14
cmake -S . -B build/fuzz -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DPUFF_FUZZ=ON \
  -DPUFF_PYTHON=OFF -DPUFF_EXAMPLES=OFF \
  -DPUFF_SANITIZE=address,undefined,fuzzer-no-link --log-level=WARNING >/dev/null
ninja -j "${JOBS:-1}" -C build/fuzz "${targets[@]/#/fuzz_}"
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1:suppressions=$PWD/tests/support/ubsan.supp
export LSAN_OPTIONS=suppressions=$PWD/tests/support/lsan.supp:print_suppressions=0
failed=build/fuzz/failed/
mkdir -p "$failed"
for target in "${targets[@]}"; do
  found=build/fuzz/found/$target smallest=build/fuzz/smallest/$target saved=tests/fuzz/$target
  program=build/fuzz/tests/fuzz/fuzz_$target
  mkdir -p "$found" "$saved"
  "$program" -max_total_time=$((minutes * 60)) -timeout=5 -rss_limit_mb=1500 -max_len=4096 \
    -dict=tests/fuzz/graphql.dict -artifact_prefix="$failed" -print_final_stats=1 -verbosity=0 \
    "$found" "$saved"
  rm -rf "$smallest"
  mkdir -p "$smallest"
  "$program" -set_cover_merge=1 -use_counters=0 -max_len=4096 -timeout=5 -verbosity=0 \
    "$smallest" "$saved" "$found"
  rm -rf "$saved"
  cp -r "$smallest" "$saved"
  echo "$target: $(find "$saved" -type f | wc -l) inputs saved"
done

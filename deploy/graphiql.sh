#!/usr/bin/env bash
# Puts GraphiQL, for `playground_url`, into the Python package, from which `cmake --install` and a
# wheel take it: three packages of npm, their files packed by gzip. Without npm or the network there
# is no GraphiQL, the page says so, and everything else works. Safe to repeat.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. deploy/lib.sh

folder=bridge/python/puff/graphql/graphiql
sums="867226ba8af5ce7949903fc53932f78dac9f4bfc6cc8da0fd3869b8bc6c5256b  graphiql.min.js
30487e07635d312a63f647b140d37740a73c53332b0975bf4b1fe985ca6ec885  graphiql.min.css
d949f1c3687aedadcedac85261865f29b17cd273997e7f6b2bfc53b2f9d4c4dd  react.production.min.js
35f4f974f4b2bcd44da73963347f8952e341f83909e4498227d4e26b98f66f0d  react-dom.production.min.js"

if [ "$(cat "$folder/.sums" 2>/dev/null)" = "$sums" ]; then
  say "graphiql: it is there"
  exit 0
fi
if ! command -v npm >/dev/null; then
  say "graphiql: left out, for there is no npm"
  exit 0
fi
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
# take PACKAGE@VERSION NAME FILE..: files of a package, and its licence.
take() {
  local package=$1 name=$2 file
  shift 2
  (cd "$made" && npm pack --silent "$package" >/dev/null) || return
  tar -xzf "$made/$name"-[0-9]*.tgz -C "$made" || return
  for file in "$@"; do mv "$made/package/$file" "$made/$(basename "$file")" || return; done
  mv "$made/package/LICENSE" "$made/LICENSE.$name.txt"
  rm -r "$made/package"
}
if ! { take graphiql@4.1.2 graphiql graphiql.min.js graphiql.min.css &&
  take react@18.3.1 react umd/react.production.min.js &&
  take react-dom@18.3.1 react-dom umd/react-dom.production.min.js; }; then
  say "graphiql: left out, for npm could not fetch it"
  exit 0
fi
(cd "$made" && sha256sum --check --quiet <<<"$sums")
gzip -9n "$made"/*.js "$made"/*.css
mkdir -p "$folder"
mv "$made"/*.gz "$made"/LICENSE.* "$folder"
echo "$sums" >"$folder/.sums"
say "graphiql: $(du -ch "$folder"/*.gz | tail -n 1 | cut -f 1) in $folder"

#!/usr/bin/env bash
# Builds the file system of the Containerfile's stage `runtime` without an engine, from Debian's
# packages and a release build, runs Puff in it, and tells its size: size.sh [BUILD_FOLDER]
# Needs mmdebstrap, root (for chroot) and the mirror of this machine.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. deploy/lib.sh
need mmdebstrap "apt install mmdebstrap"

build=${1:-build/release}
limit_mb=150
packages=$(sed -n '/^FROM debian:12-slim AS base/,/rm -rf/p' deploy/container/Containerfile |
  grep -Ev 'FROM|RUN|apt-get|rm -rf' | tr -d '\\' | tr -s ' \n' ',' | sed 's/^,//; s/,$//')
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root

# What debian:12-slim leaves out, and nothing else.
slim=()
for path in /usr/share/doc/'*' /usr/share/man/'*' /usr/share/info/'*' /usr/share/locale/'*' \
  /usr/share/lintian/'*' /usr/share/linda/'*' /usr/share/groff/'*'; do
  slim+=(--dpkgopt="path-exclude=$path")
done
# As the image of Docker's library: /usr is merged from the start, without usrmerge and its Perl.
mmdebstrap --quiet --variant=minbase --include="usr-is-merged,$packages" \
  --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr --aptopt='APT::Install-Recommends "0"' \
  "${slim[@]}" --dpkgopt='path-include=/usr/share/doc/*/copyright' bookworm "$root" >"$work/log" 2>&1
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin

cmake --install "$build" --prefix "$root/opt/puff" --component runtime --strip >/dev/null
python3 -m venv --without-pip "$work/venv"
mkdir -p "$root/opt/puff/bin"
ln -sf /usr/bin/python3.11 "$root/opt/puff/bin/python3"
cp "$work/venv/pyvenv.cfg" "$root/opt/puff/"
site=$root/opt/puff/lib/python3.11/site-packages
grep -E '^(greenlet|asgiref)==' requirements/build.txt >"$work/runtime.txt"
.venv/bin/python -m pip install --quiet --no-compile --target "$site" -r "$work/runtime.txt"

size=$(du -s --apparent-size --block-size=1000 "$root" | cut -f1)
said=$(chroot "$root" /usr/bin/env -i PATH=/opt/puff/bin:/usr/bin VIRTUAL_ENV=/opt/puff puff --version)
count=$(find "$root/var/lib/dpkg/info" -name '*.list' | wc -l)
echo "$said; the file system has $((size / 1000)) MB, $count packages"
if [ $((size / 1000)) -ge $limit_mb ]; then
  echo "more than the $limit_mb MB that docs/deploy.md says" >&2
  exit 1
fi

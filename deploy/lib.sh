# What the scripts of this folder share. They source it from the repository's root; it sets no
# options of its own. Everything here may run again at any time: work that is done is not repeated,
# and a second run needs no network.

python=/usr/bin/python3  # Debian's, whatever else PATH offers: Puff embeds its shared library
venv=$PWD/.venv

build_packages=(
  g++ cmake ninja-build ccache python3-dev python3-venv
  libcaf-dev libboost1.81-dev libhiredis-dev libjemalloc-dev libcli11-dev libtomlplusplus-dev libspdlog-dev
  libfmt-dev libprotobuf-dev protobuf-compiler libssl-dev zlib1g-dev libgtest-dev libgmock-dev
  libbenchmark-dev libpq-dev libsimdjson-dev redis-server postgresql
)
test_packages=(git clang-format-14 clang-tidy-14 wrk curl chromium pgbouncer)

say() { printf '==> %s\n' "$*"; }

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo -n "$@"
  else
    printf 'error: needs root: %s\n' "$*" >&2
    return 1
  fi
}

# need COMMAND WHAT-TO-DO: stops unless COMMAND is there.
need() { command -v "$1" >/dev/null || fail "$1 is not installed: $2"; }

is_installed() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

apt_get() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0 \
    -o DPkg::Lock::Timeout=300 "$@"
}

# packages NAME..: installs Debian's packages that are missing, from the lists at hand if they
# still serve.
packages() {
  need dpkg-query "these scripts are for Debian 12"
  local name missing=()
  for name in "$@"; do is_installed "$name" || missing+=("$name"); done
  if [ ${#missing[@]} = 0 ]; then
    say "system packages: all $# are there"
    return
  fi
  say "system packages: installing ${missing[*]}"
  if ! apt_get install --no-install-recommends "${missing[@]}"; then
    say "system packages: the package lists are missing or old, updating them"
    apt_get update || return
    apt_get install --no-install-recommends "${missing[@]}"
  fi
}

# python_packages NAME..: the virtual environment with what requirements/NAME.txt pins.
python_packages() {
  if ! grep -qs '^home = /usr/bin$' "$venv/pyvenv.cfg"; then
    say "python: making .venv from $python"
    "$python" -m venv --clear "$venv" || return
  fi
  local name lock stamp
  for name in "$@"; do
    lock=requirements/$name.txt stamp=$venv/.installed-$name
    if cmp -s "$lock" "$stamp"; then
      say "python: requirements/$name.txt is installed"
      continue
    fi
    say "python: installing requirements/$name.txt"
    "$venv/bin/python" -m pip install --disable-pip-version-check --no-input -q -r "$lock" || return
    cp "$lock" "$stamp"
  done
}

# node_packages FOLDER: what FOLDER/package-lock.json pins, in FOLDER/node_modules.
node_packages() {
  local lock=$1/package-lock.json stamp=$1/node_modules/.installed
  if cmp -s "$lock" "$stamp"; then
    say "node: $lock is installed"
    return
  fi
  if ! command -v npm >/dev/null; then packages nodejs npm || return; fi
  say "node: installing $lock"
  npm install --no-save --prefix "$1" --no-audit --no-fund --loglevel=error || return
  cp "$lock" "$stamp"
}

# build_release TARGET..: the release build in build/release.
build_release() {
  say "build: release (build/release)"
  cmake --preset release --log-level=WARNING || return
  cmake --build --preset release --target "$@"
}

# install_puff: the built command and package into the virtual environment.
install_puff() {
  say "install: .venv/bin/puff"
  cmake --install build/release --prefix "$venv" --component runtime --strip >/dev/null || return
  "$venv/bin/puff" --version
}

# Sourced by ./try and ./check: brings what the project needs from Debian's packages, once.
# POSIX sh. Needs nothing but a Debian 12 (or an Ubuntu with g++ 12 or later) and, to install, root or sudo.

build_packages="g++ mold cmake ninja-build ccache libfmt-dev libsimdjson-dev liburing-dev libssl-dev libcli11-dev zlib1g-dev libsqlite3-dev libtomlplusplus-dev libarchive-dev libdeflate-dev"
test_packages="libgtest-dev libgmock-dev curl openssl python3 git"
fuzz_packages="clang-19 libclang-rt-19-dev"
world_packages="iproute2 nftables dnsmasq-base nginx-light squid tinyproxy openssl faketime"
bench_packages="nginx-light haproxy openssl python3 valgrind strace procps util-linux ripgrep git"

say() { printf '%s\n' "$*" >&2; }

is_installed() { dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null | grep -q '^installed$'; }

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null 2>&1; then
    sudo "$@"
  else
    say "These packages are missing, and installing them needs root or sudo. As root, run:"
    say "  apt-get update && apt-get install -y --no-install-recommends$missing"
    exit 1
  fi
}

# install_missing PACKAGE...: asks dpkg first, so that a second run touches nothing and needs no network.
install_missing() {
  missing=""
  for package in "$@"; do
    is_installed "$package" || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  command -v apt-get >/dev/null 2>&1 || {
    say "This system has no apt-get. Install these by other means, then run this again:$missing"
    exit 1
  }
  say "Installing:$missing"
  log=$(mktemp)
  # shellcheck disable=SC2086 # the list is split on purpose
  if ! { as_root apt-get update && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    say "Installing failed; the whole log is in $log"
    exit 1
  fi
  rm -f "$log"
}

# The SDK suite needs node 18 or later and npm; a machine that has them from elsewhere keeps its own.
install_node() {
  if command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1; then
    return 0
  fi
  install_missing nodejs npm
}

# build PRESET: configures only when there is no configuration yet; a second run compiles nothing. Where nobody sees the
# terminal's own progress, a line for every tenth says that it is alive.
build() {
  if [ ! -f "build/$1/build.ninja" ]; then
    say "Configuring build/$1"
    cmake --preset "$1" >"build-$1.log" 2>&1 || { tail -n 20 "build-$1.log" >&2; rm -f "build-$1.log"; exit 1; }
    rm -f "build-$1.log"
  fi
  if [ -t 2 ]; then
    cmake --build --preset "$1" >&2
    return
  fi
  log=$(mktemp)
  { cmake --build --preset "$1" 2>&1 || echo failed >"$log.failed"; } | tell_progress "$1"
  if [ -e "$log.failed" ]; then
    grep -E -A8 'error|FAILED' "$log" | head -n 60 >&2
    rm -f "$log" "$log.failed"
    exit 1
  fi
  rm -f "$log"
}

# Ninja's lines "[12/340] …" from standard input: all into $log, each tenth of them said.
tell_progress() {
  told=0
  while IFS= read -r line; do
    printf '%s\n' "$line" >>"$log"
    case $line in
      \[[0-9]*/[0-9]*\]*)
        count=${line#?} count=${count%%]*}
        done_now=${count%/*} all=${count#*/}
        tenth=$((done_now * 10 / all))
        if [ "$all" -ge 20 ] && [ "$tenth" -gt "$told" ]; then
          told=$tenth
          say "Building build/$1: $done_now of $all"
        fi
        ;;
    esac
  done
}

#!/bin/sh
# Runs the SDK tests against a built locksmith: run.sh PATH-TO-LOCKSMITH. Called by ctest.
# Exit code 77 (skipped): there is no node or npm, or the packages are neither here nor to be had.
set -eu
locksmith=$1
cd "$(dirname "$0")"
command -v node >/dev/null && command -v npm >/dev/null || { echo "node and npm are needed"; exit 77; }

# The packages are fetched once; the copy of the lock file says what they were fetched for.
if ! cmp -s package-lock.json node_modules/.installed-for; then
  npm ci --no-audit --no-fund --loglevel=error || { echo "npm ci failed: no network?"; exit 77; }
  cp package-lock.json node_modules/.installed-for
fi

work=$(mktemp -d)
pids=
finish() {
  for pid in $pids; do kill "$pid" 2>/dev/null || :; done
  for pid in $pids; do wait "$pid" 2>/dev/null || :; done
  rm -rf "$work"
}
trap finish EXIT INT TERM

start() {  # NAME ARGUMENT...: starts an emulator on a free port and waits until it is ready
  name=$1
  shift
  "$locksmith" emulate --listen 127.0.0.1:0 --port-file "$work/$name" "$@" 2>"$work/$name.log" &
  pids="$pids $!"
  tries=0
  while [ ! -s "$work/$name" ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || { cat "$work/$name.log"; exit 1; }
    sleep 0.1
  done
}

start plain
start tls --tls --tls-ca-out "$work/ca.pem"
start expired --tls --tls-variant expired
"$locksmith" emulate --fault list --json >"$work/faults.json"

export LOCKSMITH_URL="http://127.0.0.1:$(cat "$work/plain")"
export LOCKSMITH_TLS_URL="https://localhost:$(cat "$work/tls")"
export LOCKSMITH_EXPIRED_URL="https://localhost:$(cat "$work/expired")"
export LOCKSMITH_FAULTS="$work/faults.json"
export NODE_EXTRA_CA_CERTS="$work/ca.pem"
# Nothing of the machine's own set-up may reach the tests.
unset ANTHROPIC_API_KEY ANTHROPIC_AUTH_TOKEN ANTHROPIC_BASE_URL ANTHROPIC_PROFILE ANTHROPIC_CUSTOM_HEADERS \
  http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY NODE_TLS_REJECT_UNAUTHORIZED || :
export ANTHROPIC_CONFIG_DIR="$work/none"

node --test --test-reporter=spec .

#!/bin/sh
# Runs the SDK tests against a built locksmith: run.sh PATH-TO-LOCKSMITH [gateway]. Called by ctest.
# With "gateway" they run twice, against the emulator alone and through a gateway in front of it, and the answers are compared.
# Exit code 77 (skipped): there is no node or npm, or the packages are neither here nor to be had.
set -eu
locksmith=$1
way=${2:-alone}
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
    [ "$tries" -lt 2000 ] || { cat "$work/$name.log"; exit 1; }
    sleep 0.1
  done
}

start_gateway() {  # in front of the emulator "plain"
  (umask 077 && printf 'sk-ant-%s%sAA' api03- "$(printf '%093d' 0 | tr 0 e)" >"$work/api-key")
  cat >"$work/locksmith.toml" <<END
listen = "127.0.0.1:0"
admin = "127.0.0.1:0"
upstream = "http://127.0.0.1:$(cat "$work/plain")"
store = "sqlite:$work/keys.db"
log = "$work/requests.log"
workers = 1

[[credentials]]
name = "main"
file = "$work/api-key"
END
  "$locksmith" serve --config "$work/locksmith.toml" 2>"$work/gateway.log" &
  pids="$pids $!"
  tries=0
  until grep -q 'ready on' "$work/gateway.log"; do
    tries=$((tries + 1))
    [ "$tries" -lt 2000 ] || { cat "$work/gateway.log"; exit 1; }
    sleep 0.1
  done
  gateway_port=$(sed -n 's/.*ready on https*:\/\/127.0.0.1:\([0-9]*\),.*/\1/p' "$work/gateway.log")
}

# Nothing of the machine's own set-up may reach the tests.
unset ANTHROPIC_API_KEY ANTHROPIC_AUTH_TOKEN ANTHROPIC_BASE_URL ANTHROPIC_PROFILE ANTHROPIC_CUSTOM_HEADERS \
  http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY NODE_TLS_REJECT_UNAUTHORIZED SDK_TEST_VIRTUAL_KEY \
  SDK_TEST_UPSTREAM_SHA256 SDK_TEST_EMULATOR_URL SDK_TEST_RECORD SDK_TEST_LOCKSMITH || :
start plain
start tls --tls --tls-ca-out "$work/ca.pem"
start expired --tls --tls-variant expired
"$locksmith" emulate --fault list --json >"$work/faults.json"

export SDK_TEST_URL="http://127.0.0.1:$(cat "$work/plain")"
export SDK_TEST_TLS_URL="https://localhost:$(cat "$work/tls")"
export SDK_TEST_EXPIRED_URL="https://localhost:$(cat "$work/expired")"
export SDK_TEST_FAULTS="$work/faults.json"
export NODE_EXTRA_CA_CERTS="$work/ca.pem"
export ANTHROPIC_CONFIG_DIR="$work/none"

if [ "$way" = alone ]; then
  node --test --test-reporter=spec .
  exit
fi

# One file after the other: through the gateway all tests have one credential in common, and its faults are theirs.
SDK_TEST_RECORD="$work/alone.jsonl" node --test --test-concurrency=1 --test-reporter=dot . || exit 1
start_gateway
export SDK_TEST_EMULATOR_URL="$SDK_TEST_URL" SDK_TEST_URL="http://127.0.0.1:$gateway_port"
SDK_TEST_UPSTREAM_SHA256=$(sha256sum "$work/api-key" | cut -d' ' -f1)
SDK_TEST_VIRTUAL_KEY=$("$locksmith" keys create --store "sqlite:$work/keys.db" --name sdk --quiet)
SDK_TEST_LOCKSMITH=$locksmith
export SDK_TEST_UPSTREAM_SHA256 SDK_TEST_VIRTUAL_KEY SDK_TEST_LOCKSMITH
sleep 0.3  # until the gateway has read the new key
SDK_TEST_RECORD="$work/through.jsonl" node --test --test-concurrency=1 --test-reporter=spec . || { tail -n 5 "$work/gateway.log"; exit 1; }
node compare.mjs "$work/alone.jsonl" "$work/through.jsonl"

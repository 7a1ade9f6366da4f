#!/bin/sh
# In the sandbox what must fail fails, and the gateway serves, follows its store, looks names up, reloads settings and
# certificates, writes its log and drains, on both loops.
#
#   tests/operation/sandbox.sh build/dev/locksmith
. "$(dirname "$0")/up.sh"
up "$1"
# AddressSanitizer looks for leaks by tracing the process, which is refused inside.
ASAN_OPTIONS=detect_leaks=0
export ASAN_OPTIONS
"$program" serve --config "$work/locksmith.toml" --sandbox true --selftest-sandbox >"$work/tried" 2>"$work/gateway.err"
code=$?
if grep -q 'not whole' "$work/gateway.err"; then
  cat "$work/gateway.err"
  echo 'SKIPPED: this kernel has not all of it'
  exit 77
fi
[ "$code" -eq 0 ] || fail "possible inside: $(cat "$work/tried")"
cat >"$work/ask.py" <<'END'
import http.client, ssl, sys
port, scheme, key = int(sys.argv[1]), sys.argv[2], sys.stdin.readline().strip()
connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30) if scheme == "http" else http.client.HTTPSConnection(
    "127.0.0.1", port, timeout=30, context=ssl._create_unverified_context())
connection.request("GET", "/v1/models", headers={"x-api-key": key, "anthropic-version": "2023-06-01"})
print(connection.getresponse().status)
END
ask() { printf '%s\n' "$1" | python3 "$work/ask.py" "$gateway_port" "${2:-http}"; }
reload() {
  : >"$work/gateway.err"
  kill -HUP "$gateway"
  wait_for 'serve: reloaded' "$work/gateway.err"
}
drain() {
  kill -TERM "$gateway"
  wait "$gateway" || fail "ended with $?"
  gateway=
}
logged() { wait_for "\"status\":$1" "$work/requests.log"; } # STATUS

in_it() { # IO
  start_gateway --sandbox true --io "$1"
  grep -q 'NoNewPrivs:.*1' "/proc/$gateway/status" || fail 'no sandbox'
  for thread in "/proc/$gateway/task/"*; do
    grep -q 'Seccomp:.*2' "$thread/status" || fail "system calls are not filtered: $(cat "$thread/comm")"
  done
  [ "$(ask "$key")" = 200 ] || fail 'not served'
  # A key that is made now, by another process; a revoked one.
  next=$("$program" keys create --store "sqlite:$work/keys.db" --name "after-$name" --quiet)
  "$program" keys revoke --store "sqlite:$work/keys.db" "$name" >/dev/null || fail 'not revoked'
  sleep 0.3
  [ "$(ask "$next")" = 200 ] || fail 'the store is not followed'
  [ "$(ask "$key")" = 401 ] || fail 'the store is not followed'
  logged 401
  key=$next name=after-$name
  # A name instead of an address, a new credential under the old name, a rotated log.
  sed "s/127.0.0.1:$emulator_port/localhost:$emulator_port/" "$work/locksmith.toml" >"$work/next" && mv "$work/next" "$work/locksmith.toml"
  cp -p "$work/api-key" "$work/api-key.new" && mv "$work/api-key.new" "$work/api-key"
  mv "$work/requests.log" "$work/requests.log.1"
  reload
  sleep 1
  [ "$(ask "$key")" = 200 ] || fail 'not served after a reload'
  logged 200
  drain
}
name=load
in_it epoll
write_configuration ''
in_it auto

# Certificates: the first one, and one that takes its place.
renewed='without certificates: openssl is missing'
if command -v openssl >/dev/null 2>&1; then
  issue() { # COMMON NAME
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=$1" \
      -keyout "$work/tls.key" -out "$work/tls.pem" 2>/dev/null || fail 'openssl made no certificate'
  }
  served() { openssl s_client -connect "127.0.0.1:$gateway_port" </dev/null 2>/dev/null | sed -n 's/^subject=CN *= *//p'; }
  issue first
  write_configuration "tls_cert = \"$work/tls.pem\"
tls_key = \"$work/tls.key\""
  start_gateway --sandbox true
  [ "$(ask "$key" https)" = 200 ] || fail 'not served over TLS'
  [ "$(served)" = first ] || fail "not the first certificate: $(served)"
  issue second
  reload
  sleep 0.2
  [ "$(served)" = second ] || fail "not the renewed certificate: $(served)"
  [ "$(ask "$key" https)" = 200 ] || fail 'not served over TLS after a reload'
  drain
  renewed='a renewed certificate'
fi
echo "sandbox: $(cat "$work/tried"); serves, follows, reloads, $renewed"

#!/bin/sh
# In the sandbox what must fail fails, and the gateway serves, follows its store, reloads and writes its log.
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
start_gateway --sandbox true
grep -q 'NoNewPrivs:.*1' "/proc/$gateway/status" || fail 'no sandbox'

cat >"$work/ask.py" <<'END'
import http.client, sys
port, key = int(sys.argv[1]), sys.stdin.readline().strip()
connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
connection.request("GET", "/v1/models", headers={"x-api-key": key, "anthropic-version": "2023-06-01"})
print(connection.getresponse().status)
END
ask() { printf '%s\n' "$1" | python3 "$work/ask.py" "$gateway_port"; }
[ "$(ask "$key")" = 200 ] || fail 'not served'
# A key that is made now, by another process; a revoked one.
second=$("$program" keys create --store "sqlite:$work/keys.db" --name second --quiet)
"$program" keys revoke --store "sqlite:$work/keys.db" load >/dev/null
sleep 0.3
[ "$(ask "$second")" = 200 ] || fail 'the store is not followed'
[ "$(ask "$key")" = 401 ] || fail 'the store is not followed'
# A name instead of an address, a new credential under the old name, a rotated log.
sed "s/127.0.0.1:$emulator_port/localhost:$emulator_port/" "$work/locksmith.toml" >"$work/next" && mv "$work/next" "$work/locksmith.toml"
cp -p "$work/api-key" "$work/api-key.new" && mv "$work/api-key.new" "$work/api-key"
mv "$work/requests.log" "$work/requests.log.1"
kill -HUP "$gateway"
wait_for 'serve: reloaded' "$work/gateway.err"
sleep 1
[ "$(ask "$second")" = 200 ] || fail 'not served after a reload'
sleep 0.6
[ -s "$work/requests.log" ] || fail 'the log was not opened anew'
kill -TERM "$gateway"
wait "$gateway" || fail "ended with $?"
gateway=
echo "sandbox: $(cat "$work/tried"); serves, follows, reloads"

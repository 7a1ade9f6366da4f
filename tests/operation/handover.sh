#!/bin/sh
# A restart without an outage, and clients that come over a Unix socket.
#
#   tests/operation/handover.sh build/dev/locksmith
pace=0
. "$(dirname "$0")/up.sh"
up "$1"
printf '%s\n' "$key" | python3 "$here/handover.py" "$program" "$work/locksmith.toml" "$work" || fail 'a request failed while one gateway took the place of another'

# A Unix socket: the file is there for its group, is replaced where its process is gone, and not while it serves.
sed -i "s|^listen = .*|listen = \"unix:$work/gateway.sock\"|" "$work/locksmith.toml"
start_gateway
grep -q "ready on unix:$work/gateway.sock" "$work/gateway.err" || fail 'not on a Unix socket'
[ "$(stat -c %a "$work/gateway.sock")" = 660 ] || fail "the socket has mode $(stat -c %a "$work/gateway.sock")"
asked() {
  printf 'x-api-key: %s\n' "$key" | curl -sS -H @- -H 'anthropic-version: 2023-06-01' --unix-socket "$work/gateway.sock" -o /dev/null -w '%{http_code}' http://gateway/v1/models
}
[ "$(asked)" = 200 ] || fail 'no answer over the Unix socket'
"$program" serve --config "$work/locksmith.toml" 2>"$work/second.err" && fail 'two gateways on one socket'
grep -q address_in_use "$work/second.err" || fail "the second: $(cat "$work/second.err")"
kill -KILL "$gateway"
wait "$gateway" 2>/dev/null
start_gateway
[ "$(asked)" = 200 ] || fail 'the file that was left was not replaced'
sleep 1
grep -q '"client":"unix"' "$work/requests.log" || fail 'the log does not say that the client came over a Unix socket'
: >"$work/file"
sed -i "s|^listen = .*|listen = \"unix:$work/file\"|" "$work/locksmith.toml"
"$program" serve --config "$work/locksmith.toml" 2>"$work/third.err" && fail 'a file was taken for a socket'
grep -q address_not_available "$work/third.err" || fail "a file that is none: $(cat "$work/third.err")"
[ -f "$work/file" ] || fail 'a file that is no socket was removed'

# What is handed over must listen.
LISTEN_FDS=1 LISTEN_PID=0 "$program" serve --config "$work/locksmith.toml" --check >/dev/null 2>&1 || fail 'another process LISTEN_FDS was taken for ours'
sh -c 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$1" serve --config "$2" 3</dev/null' - "$program" "$work/locksmith.toml" 2>"$work/fourth.err" && fail '/dev/null listens'
grep -q socket_not_listening "$work/fourth.err" || fail "handed over what does not listen: $(cat "$work/fourth.err")"
echo 'handed over three times; a Unix socket serves'

#!/bin/sh
# SIGTERM: readiness says no first, new requests are still served for a moment, a stream under way comes to its end, and the
# program ends by itself; a second SIGTERM ends it at once. The service manager hears each step.
#
#   tests/operation/drain.sh build/dev/locksmith
pace=300
. "$(dirname "$0")/up.sh"
up "$1"
cat >"$work/manager.py" <<'END'
import socket, sys
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind(sys.argv[1])
while True:
    print(listener.recv(4096).decode().replace("\n", " "), flush=True)
END
python3 "$work/manager.py" "$work/notify" >"$work/heard" &
load=$!
tries=0
until [ -S "$work/notify" ]; do tries=$((tries + 1)); [ "$tries" -lt 2000 ] || fail 'no manager'; sleep 0.05; done
NOTIFY_SOCKET=$work/notify
export NOTIFY_SOCKET
start_gateway
wait_for '^READY=1' "$work/heard"
kill -HUP "$gateway"
wait_for '^RELOADING=1 MONOTONIC_USEC=[0-9]' "$work/heard"

cat >"$work/stream.py" <<'END'
import http.client, json, os, sys, time
while len(sys.argv) > 3 and not os.path.exists(sys.argv[3]): time.sleep(0.01)  # an interpreter takes its time to start
port, key, stream = int(sys.argv[1]), sys.stdin.readline().strip(), sys.argv[2] == "stream"
connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
connection.request("POST", "/v1/messages", json.dumps({"model": "claude-sonnet-4-5", "max_tokens": 64, "stream": stream,
    "messages": [{"role": "user", "content": "hello"}]}), {"x-api-key": key, "anthropic-version": "2023-06-01", "content-type": "application/json"})
answer = connection.getresponse()
print("begun", flush=True)
text = answer.read().decode()
print(answer.status, answer.getheader("connection"), "whole" if not stream or "message_stop" in text else "cut", flush=True)
END
ready() { python3 -c "
import http.client
c = http.client.HTTPConnection('127.0.0.1', $admin_port, timeout=5)
c.request('GET', '/readyz'); a = c.getresponse(); print(a.status, a.read().decode().strip())"; }

tries=0
until [ "$(ready)" = '200 ready' ]; do tries=$((tries + 1)); [ "$tries" -lt 2000 ] || fail "never ready: $(ready)"; sleep 0.1; done
printf '%s\n' "$key" | python3 "$work/stream.py" "$gateway_port" stream >"$work/stream.out" 2>&1 &
stream=$!
wait_for begun "$work/stream.out"
printf '%s\n' "$key" | python3 "$work/stream.py" "$gateway_port" whole "$work/now" >"$work/late.out" 2>&1 &
late=$!
sleep 1
kill -TERM "$gateway"
wait_for draining "$work/gateway.err"
touch "$work/now"
[ "$(ready)" = '503 draining' ] || fail "while draining: $(ready)"
wait "$late"
grep -q '^200 close whole$' "$work/late.out" || fail "a request within the notice: $(cat "$work/late.out")"
wait_for '^STOPPING=1' "$work/heard"
wait "$stream"
grep -q ' whole$' "$work/stream.out" || fail "the stream was cut: $(cat "$work/stream.out")"
wait "$gateway" || fail "ended with $?"
echo "drained: the stream came to its end, readiness said no first"

: >"$work/heard"
start_gateway
printf '%s\n' "$key" | python3 "$work/stream.py" "$gateway_port" stream >"$work/stream.out" 2>&1 &
stream=$!
wait_for begun "$work/stream.out"
kill -TERM "$gateway"
wait_for draining "$work/gateway.err"
kill -TERM "$gateway"
wait "$gateway" || fail "ended with $?"
gateway=
wait "$stream"
grep -q ' whole$' "$work/stream.out" && fail 'the second SIGTERM waited for the stream'
echo "asked twice: ended at once"

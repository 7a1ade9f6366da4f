#!/bin/sh
# A gateway whose messages nobody takes any more serves on, reloads and drains; and a program that is started without its three
# descriptors puts no message into a file of its own.
#
#   tests/operation/unheard.sh build/dev/locksmith
. "$(dirname "$0")/up.sh"
up "$1"

ready_status() { # PORT
  python3 -c "
import http.client, sys
connection = http.client.HTTPConnection('127.0.0.1', int(sys.argv[1]), timeout=5)
connection.request('GET', '/readyz')
print(connection.getresponse().status)" "$1"
}

mkfifo "$work/messages"
"$program" serve --config "$work/locksmith.toml" 2>"$work/messages" &
gateway=$!
# The reader leaves when it has what it waited for.
ready=$(sed -n '/ready on/{p;q}' <"$work/messages")
admin_port=$(printf '%s\n' "$ready" | sed -n 's/.*admin on http:\/\/127.0.0.1:\([0-9]*\),.*/\1/p')
[ "$(ready_status "$admin_port")" = 200 ] || fail 'not ready'
kill -HUP "$gateway"
sleep 0.3
[ "$(ready_status "$admin_port")" = 200 ] || fail 'the reload that nobody heard of ended it'
kill -TERM "$gateway"
wait "$gateway"
code=$?
[ "$code" -eq 0 ] || fail "the drain that nobody heard of ended with $code"

"$program" serve --config "$work/locksmith.toml" <&- >&- 2>&- &
gateway=$!
sleep 0.7
kill -TERM "$gateway"
wait "$gateway"
code=$?
[ "$code" -eq 0 ] || fail "without descriptors it ended with $code"
if grep -v '^{' "$work/requests.log"; then fail 'a message stands in the log of requests'; fi

"$program" explain nosuch 2>&-
code=$?
[ "$code" -eq 2 ] || fail "explain without a place for its message ended with $code"
"$program" version >/dev/full 2>/dev/full
code=$?
[ "$code" -eq 2 ] || fail "version with nowhere to write ended with $code"
echo 'unheard: serves on, reloads, drains; nothing went where it should not'

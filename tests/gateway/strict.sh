#!/bin/sh
# Raw requests, well-formed and not, through the real gateway: each is judged as RFC 9112 has it, and upstream sees one request,
# one host and one credential, or nothing. About half a minute.
#
#   tests/gateway/strict.sh build/dev/locksmith
. "$(dirname "$0")/../operation/up.sh"
up "$1"
python3 "$here/strict.py" "$work/recorder" "$work/go" "$here/http1_cases.jsonl" "$here/../../src/wire/http1/testdata/cases.tsv" >"$work/score" &
load=$!
tries=0
until [ -s "$work/recorder" ]; do tries=$((tries + 1)); [ "$tries" -lt 2000 ] || fail 'no recorder'; sleep 0.05; done
start_gateway --upstream "http://127.0.0.1:$(cat "$work/recorder")"
printf '%s %s\n' "$gateway_port" "$key" >"$work/go.part" && mv "$work/go.part" "$work/go"
wait "$load" || { cat "$work/score"; fail 'not every request was judged as it should be'; }
kill -0 "$gateway" || fail 'the gateway is gone'
tail -n 1 "$work/score"

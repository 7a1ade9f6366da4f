#!/usr/bin/env bash
# The two ends of the benchmark against each other: what they claim is true, and what is wrong is noticed.
#
#   tools_test.sh MOCK_UPSTREAM LOAD COUNT_ALLOCATIONS.so
set -euo pipefail
mock=$1 load=$2 preload=$3
export KEY=not-a-key
dir=$(mktemp -d)
started=""
trap '[ -z "$started" ] || kill -CONT $started 2>/dev/null; [ -z "$started" ] || kill $started 2>/dev/null; rm -rf "$dir"' EXIT

trap 'cat "$dir/out" "$dir/err" >&2' ERR

fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }
field() { # NAME: of the line that the load printed, without a fraction
  sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p" "$dir/out"
}
is() { [ "$(field "$1")" "$2" "$3" ] || fail "$4: $1 is $(field "$1"), wanted $2 $3; $(cat "$dir/out")"; }
run() { "$load" --port "$port" "$@" >"$dir/out" 2>"$dir/err"; }
seen() { curl -s "http://127.0.0.1:$port/count" | sed "s/.*\"$1\":\([0-9]*\).*/\1/"; }
refuses() { # EXIT-CODE WHAT ARGUMENTS...
  local wanted=$1 what=$2 got=0
  shift 2
  run "$@" || got=$?
  [ "$got" -eq "$wanted" ] || fail "$what ends with $got instead of $wanted"
}

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
  -keyout "$dir/key.pem" -out "$dir/certificate.pem" 2>/dev/null
port=$((20000 + $$ % 10000))
"$mock" --port "$port" --tls-port $((port + 1)) --cert "$dir/certificate.pem" --key "$dir/key.pem" &
started=$!
for _ in $(seq 100); do curl -s "http://127.0.0.1:$port/count" >/dev/null && break; sleep 0.05; done

# Both sides count the same.
run --requests 500 --connections 1 --bytes 2048
is requests -eq 500 "a message"
[ "$(seen requests)" -eq 500 ] || fail "the mock saw $(seen requests) of 500 requests"
run --requests 60 --connections 1 --stream 1 --events 200 --answer sse:200
is events -eq 12000 "a stream at full speed"
run --requests 60 --connections 1 --stream 1 --events 200 --answer burst:200
is events -eq 12000 "a burst"
[ "$(seen events)" -eq 24000 ] || fail "the mock sent $(seen events) of 24000 events"
before=$(seen bytes_in)
run --requests 100 --connections 1 --body 100000 --bytes 3000 --answer json:3000
[ $(($(seen bytes_in) - before)) -gt 10000000 ] || fail "the mock did not get 100 bodies of 100 KB"
run --connections 16 --seconds 0.3 --bytes 2048
is errors -eq 0 "many connections"
run --requests 50 --connections 4 --mode close --sources 8 --bytes 2048
is requests -eq 50 "a connection for each request"

port=$((port + 1))
run --requests 300 --connections 4 --tls 1 --body 100000 --bytes 2048
is errors -eq 0 "TLS"
run --requests 20 --connections 2 --tls 1 --stream 1 --events 200 --answer sse:200
is events -ge 4000 "a stream over TLS"
port=$((port - 1))

# A stream is in the order of the API, and its usage is that of its deltas.
curl -s "http://127.0.0.1:$port/answer/sse:9" | sed -n 's/^event: //p' | uniq -c | tr -s ' ' >"$dir/order"
printf ' 1 %s\n' message_start content_block_start >"$dir/wanted"
printf ' %s\n' "4 content_block_delta" "1 content_block_stop" "1 message_delta" "1 message_stop" >>"$dir/wanted"
diff "$dir/order" "$dir/wanted" || fail "the order of the events"
curl -s "http://127.0.0.1:$port/answer/sse:9" | grep -q '"output_tokens":4}' || fail "the usage of a stream"
[ "$(curl -s "http://127.0.0.1:$port/answer/json:777" | wc -c)" -eq 777 ] || fail "a message of 777 bytes"

# Pace: 50 streams with 20 events a second, for a second; the send times in them are read.
run --mode hold --connections 50 --seconds 1 --warmup 0.3 --stream 1 --stamps 1 --answer sse:400@20
is events -ge 800 "50 streams at 20 a second"
is events -le 1200 "50 streams at 20 a second"
is event_p50_us -gt 0 "send times"
is event_p50_us -lt 200000 "send times"

# A rate is kept, and a stall of the server is seen by all the requests that were meant to be sent meanwhile: a load that
# waits for its answers would see it in one request a connection only.
run --connections 8 --rate 1000 --seconds 0.5 --warmup 0.2
is requests -ge 450 "1000 a second for half a second"
is requests -le 550 "1000 a second for half a second"
(sleep 0.5 && kill -STOP "$started" && sleep 0.4 && kill -CONT "$started") &
run --connections 8 --rate 1000 --seconds 1 --warmup 0.2
is p90_us -gt 100000 "a stall of 0.4 seconds in one of 1.0"
wait $!

# What is wrong is noticed.
refuses 2 "too short an answer for every request" --requests 500 --connections 1 --bytes 2049
refuses 2 "a stream with another number of events" --requests 500 --connections 1 --stream 1 --events 7 --answer sse:8
refuses 2 "a status of 400" --requests 500 --connections 1 --answer nonsense
refuses 1 "streams that end while they are held" --mode hold --connections 4 --seconds 0.6 --stream 1 --answer sse:8@20
(sleep 0.3 && kill -STOP "$started" && sleep 1 && kill -CONT "$started") &
refuses 1 "a server that stops answering" --connections 8 --warmup 0.5 --seconds 0.3
is errors -eq 8 "a server that stops answering"
wait $!
refuses 2 "an unknown option" --speed 3
KEY="" refuses 2 "no key" --requests 1

# The processor time of a process belongs to it: this one was busy, that one slept.
sleep 60 &
sleeper=$!
run --connections 8 --seconds 0.4 --watch "$sleeper" --upstream "$started"
is cpu_us -eq 0 "a process that sleeps"
is upstream_cpu_us -gt 20000 "a mock that answers"
kill "$sleeper"

# A program that lists a folder allocates, and gives most of it back.
COUNT_ALLOCATIONS_FILE=$dir/counted LD_PRELOAD=$preload ls / >/dev/null
read -r allocations given_back bytes <<<"$(od -An -w24 -t u8 "$dir/counted")"
[ "$allocations" -gt 10 ] && [ "$given_back" -gt 0 ] && [ "$given_back" -le "$allocations" ] && [ "$bytes" -gt 1000 ] ||
  fail "allocations of ls: $allocations, given back $given_back, bytes $bytes"

kill "$started"
wait "$started" 2>/dev/null || true
started=""
refuses 2 "nobody listens" --requests 1
echo "the tools of the benchmark hold"

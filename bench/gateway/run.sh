#!/usr/bin/env bash
# Measures the gateway beside nginx and haproxy, in alternating rounds on one running mock upstream, and prints a table.
# README.md beside this file says how it is measured and how to read it.
#
#   bench/gateway/run.sh [option]…
#     --quick                 about a minute: short windows, few rounds, fewer held streams
#     --workloads A,B,…       some of: small latency rate body sse burst paced held idle tls handshake
#     --designs A,B,…         some of: direct nginx haproxy haproxy64 gateway
#     --rounds N              rounds a workload (7; with --quick 2)
#     --placement A|B         for all workloads: A = the proxy alone on core 0, B = the mock beside it; the load has core 1
#     --rate R                requests a second of the workload `rate` (15000, about half of what the peers bear)
#     --json FILE             every round of every design, one JSON object a line
#     --check W:BOUND,…       exit 1 where the gateway's figure is above BOUND times that of the lower peer
#     --gateway COMMAND       how to start the gateway (or the variable GATEWAY). The command finds PORT, TLS_PORT,
#                             UPSTREAM (a URL), DIR (a temporary folder with certificate.pem and key.pem) and KEY
#     --tools FOLDER          where mock_upstream and load are built (build/bench/bench/gateway; built when missing)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)

all_workloads="small latency rate body sse burst paced held idle tls handshake"
workloads=$all_workloads
designs="direct nginx haproxy haproxy64 gateway"
rounds="" quick="" placement="" json="" check="" rate=15000
gateway_command=${GATEWAY:-}
tools=$root/build/bench/bench/gateway
base_port=18400

say() { printf '%s\n' "$*" >&2; }
usage() { sed -n '2,/^set /p' "$0" | sed -n 's/^# \{0,1\}//p' >&2; exit 2; }

while [ $# -gt 0 ]; do
  case $1 in
    --quick) quick=1; shift; continue ;;
    --help|-h) usage ;;
  esac
  [ $# -ge 2 ] || usage
  case $1 in
    --workloads) workloads=${2//,/ } ;;
    --designs) designs=${2//,/ } ;;
    --rounds) rounds=$2 ;;
    --placement) placement=$2 ;;
    --rate) rate=$2 ;;
    --json) json=$2 ;;
    --check) check=$2 ;;
    --gateway) gateway_command=$2 ;;
    --tools) tools=$(cd "$2" && pwd) ;;
    *) usage ;;
  esac
  shift 2
done

if [ -n "$quick" ]; then
  seconds=0.4 rounds=${rounds:-2} held_rounds=1 held_streams=2000 held_seconds=3 idle_connections=2000
else
  seconds=1.0 rounds=${rounds:-7} held_rounds=2 held_streams=9500 held_seconds=10 idle_connections=5000
fi

[ "$(nproc)" -ge 2 ] || { say "Two processors are needed: one for the proxies, one for the load."; exit 2; }
for program in nginx haproxy openssl python3 taskset; do
  command -v "$program" >/dev/null || { say "$program is missing: dev/prepare.sh lists it in bench_packages."; exit 2; }
done
if [ ! -x "$tools/load" ] || [ ! -x "$tools/mock_upstream" ]; then
  say "Building the two tools"
  (cd "$root" && { [ -f build/bench/build.ninja ] || cmake --preset bench >/dev/null; } &&
    cmake --build build/bench -j 2 --target bench_gateway_mock_upstream bench_gateway_load >/dev/null)
fi

dir=$(mktemp -d)
rows=$dir/rows.jsonl
: >"$rows"
declare -A pid port tls_port key
stop_all() {
  local each
  for each in "${pid[@]}"; do kill "$each" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$dir"
}
trap stop_all EXIT
trap 'exit 130' INT TERM
ulimit -n "$(ulimit -Hn)"

# A throw-away certificate, and a key of the right shape that opens nothing.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
  -keyout "$dir/key.pem" -out "$dir/certificate.pem" 2>/dev/null
cat "$dir/certificate.pem" "$dir/key.pem" >"$dir/both.pem"
any_key="bench-$(head -c 48 /dev/urandom | od -An -tx1 | tr -d ' \n')"

is_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
wait_for() { # PORT NAME
  local tries
  for tries in $(seq 100); do
    is_open "$1" && return 0
    sleep 0.05
  done
  say "$2 does not listen on port $1 after five seconds."
  tail -n 5 "$dir/$2.err" >&2 || true
  return 1
}

fill() { # TEMPLATE DESIGN: the template with this run's ports and folder
  sed -e "s|@PORT@|${port[$2]}|g; s|@TLS_PORT@|${tls_port[$2]}|g; s|@UPSTREAM@|$mock_port|g; s|@DIR@|$dir|g" \
    -e "s|@BUFSIZE@|${3:-16384}|g" "$here/peers/$1"
}

start_nginx() {
  fill nginx.conf nginx >"$dir/nginx.conf"
  taskset -c 0 nginx -c "$dir/nginx.conf" -e "$dir/nginx.log" 2>"$dir/nginx.err" &
  pid[nginx]=$!
}

start_haproxy() { # DESIGN BUFSIZE
  fill haproxy.cfg "$1" "$2" >"$dir/$1.cfg"
  taskset -c 0 haproxy -db -f "$dir/$1.cfg" >"$dir/$1.err" 2>&1 &
  pid[$1]=$!
}

# The gateway. It must, when this function returns: be starting on core 0 with one worker, listen on
# 127.0.0.1:${port[gateway]}, on ${tls_port[gateway]} with TLS (without it, the TLS workloads leave it out), send to
# http://127.0.0.1:$mock_port, take the key in ${key[gateway]}, and have its process id in ${pid[gateway]}. It is called anew
# before every round of `held` and `idle`, so that memory is counted from a fresh process. Whoever finishes `serve`: only
# the part after "else" is yours.
start_gateway() {
  if [ -n "$gateway_command" ]; then
    PORT=${port[gateway]} TLS_PORT=${tls_port[gateway]} UPSTREAM=http://127.0.0.1:$mock_port DIR=$dir KEY=$any_key \
      taskset -c 0 bash -c "$gateway_command" >"$dir/gateway.err" 2>&1 &
    pid[gateway]=$!
  else
    local program=$root/build/release/locksmith store=sqlite:$dir/store.sqlite
    if [ ! -f "$dir/gateway.key" ]; then
      (umask 077 && "$program" keys create --quiet --store "$store" --name bench >"$dir/gateway.key")
    fi
    key[gateway]=$(cat "$dir/gateway.key")
    ANTHROPIC_API_KEY=not-a-key-for-the-upstream taskset -c 0 "$program" serve --listen "127.0.0.1:${port[gateway]}" \
      --upstream "http://127.0.0.1:$mock_port" --store "$store" --workers 1 >"$dir/gateway.err" 2>&1 &
    pid[gateway]=$!
  fi
}

start() { # DESIGN
  case $1 in
    nginx) start_nginx ;;
    haproxy) start_haproxy haproxy 16384 ;;
    haproxy64) start_haproxy haproxy64 65536 ;;
    gateway) start_gateway ;;
    direct) return 0 ;;
  esac
  wait_for "${port[$1]}" "$1"
}

stop() { # DESIGN
  [ -n "${pid[$1]:-}" ] || return 0
  kill "${pid[$1]}" 2>/dev/null || true
  wait "${pid[$1]}" 2>/dev/null || true
  unset "pid[$1]"
}

processes() { # PID: itself and everything below it, with commas
  local out=$1 child
  for child in $(pgrep -P "$1" || true); do out=$out,$(processes "$child"); done
  printf '%s' "$out"
}

set_answer() { # SPEC: what the mock says from now on
  local line
  exec 3<>"/dev/tcp/127.0.0.1/$mock_port"
  printf 'GET /default/%s HTTP/1.1\r\nhost: mock\r\n\r\n' "$1" >&3
  read -r line <&3
  exec 3>&- 3<&-
  case $line in *" 200 "*) ;; *) say "The mock does not know the answer $1."; exit 2 ;; esac
}

# What each workload sends and gets. Sets: arguments, answer, place, fresh (a new process for each round), times, secure.
describe() {
  arguments="--connections 64 --seconds $seconds --warmup 0.1" answer=json:2048 place=B fresh="" times=$rounds secure=""
  case $1 in
    small) arguments+=" --bytes 2048" ;;
    latency) arguments="--connections 1 --seconds $seconds --bytes 2048" ;;
    rate) arguments+=" --bytes 2048 --rate $rate" ;;
    body) arguments+=" --bytes 2048 --body 100000" ;;
    sse) answer=sse:200 place=A arguments+=" --stream 1 --events 200" ;;
    burst) answer=burst:200 arguments+=" --stream 1 --events 200" ;;
    paced)
      answer=sse:4000@20 place=A
      arguments="--mode hold --connections 1000 --seconds $seconds --warmup 0.5 --stream 1 --stamps 1" ;;
    held)
      answer=sse:600@1 fresh=1 times=$held_rounds
      arguments="--mode hold --connections $held_streams --sources 8 --seconds $held_seconds --warmup 3 --stream 1 --stamps 1" ;;
    idle)
      fresh=1 times=$held_rounds
      arguments="--mode idle --connections $idle_connections --sources 8 --seconds 0.5 --bytes 2048" ;;
    tls) arguments+=" --bytes 2048 --tls 1" secure=1 ;;
    handshake) arguments="--mode close --connections 16 --seconds $seconds --tls 1 --bytes 2048" secure=1 ;;
    *) say "There is no workload $1; there are: $all_workloads"; exit 2 ;;
  esac
  place=${placement:-$place}
  # A load that sleeps adds its own waking up to every latency; it may stay awake where no mock needs its core.
  case $1:$place in latency:B|rate:B) arguments+=" --spin 1" ;; esac
}

measure() { # WORKLOAD DESIGN ROUND
  local at=${port[$2]} watch="" outcome=0
  [ -z "$secure" ] || at=${tls_port[$2]}
  [ "$2" = direct ] || watch="--watch $(processes "${pid[$2]}")"
  # shellcheck disable=SC2086 # the options are split on purpose
  KEY=${key[$2]:-$any_key} taskset -c 1 "$tools/load" --port "$at" $arguments $watch --upstream "${pid[mock]}" \
    >"$dir/line" 2>"$dir/load.err" || outcome=$?
  if [ "$outcome" -gt 1 ]; then
    say "$1, $2: $(tail -n 1 "$dir/load.err")"
    printf '{"failed":true}' >"$dir/line"
  fi
  printf '{"workload":"%s","design":"%s","round":%d,"placement":"%s","result":%s}\n' "$1" "$2" "$3" "$place" \
    "$(cat "$dir/line")" >>"$rows"
}

# --- go ---------------------------------------------------------------------------------------------------------------
for workload in $workloads; do describe "$workload"; done
number=0
for design in mock direct nginx haproxy haproxy64 gateway; do
  port[$design]=$((base_port + number)) tls_port[$design]=$((base_port + number + 1)) number=$((number + 2))
  if is_open "${port[$design]}"; then say "Port ${port[$design]} is taken; another run is still going?"; exit 2; fi
done
mock_port=${port[mock]}
port[direct]=$mock_port tls_port[direct]=${tls_port[mock]}
"$tools/mock_upstream" --port "$mock_port" --tls-port "${tls_port[mock]}" --cert "$dir/certificate.pem" \
  --key "$dir/key.pem" 2>"$dir/mock.err" &
pid[mock]=$!
wait_for "$mock_port" mock

case " $designs " in *" gateway "*)
  if [ -z "$gateway_command" ] && ! "$root/build/release/locksmith" serve --help 2>/dev/null | grep -q -e --upstream; then
    say "*** THE GATEWAY IS NOT MEASURED: build/release/locksmith has no command 'serve', and no --gateway was given. ***"
    designs=$(printf '%s ' $designs | sed 's/gateway//')
  fi ;;
esac
for design in $designs; do start "$design"; done

for workload in $workloads; do
  describe "$workload"
  set_answer "$answer"
  if [ "$place" = A ]; then mock_core=1; else mock_core=0; fi
  taskset -a -p -c "$mock_core" "${pid[mock]}" >/dev/null
  for round in $(seq "$times"); do
    for design in $designs; do
      # The larger buffer is there for large bodies only, and direct has nothing whose memory could be told.
      if [ "$design" = haproxy64 ] && [ "$workload" != body ]; then continue; fi
      if [ -n "$secure" ] && ! is_open "${tls_port[$design]}"; then
        [ "$round" -gt 1 ] || say "*** $design has no TLS port: not in $workload ***"
        continue
      fi
      if [ -n "$fresh" ]; then stop "$design"; start "$design"; fi
      [ -t 2 ] && printf '\r%-12s round %d of %d  %-10s' "$workload" "$round" "$times" "$design" >&2
      measure "$workload" "$design" "$round"
    done
  done
done
[ -t 2 ] && printf '\r%60s\r' '' >&2
[ -z "$json" ] || cp "$rows" "$json"
python3 "$here/table.py" "$rows" ${check:+--check "$check"}

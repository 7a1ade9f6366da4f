#!/usr/bin/env bash
# Measures the gateway beside nginx and haproxy, in alternating rounds on one running mock upstream, and prints a table.
# README.md beside this file says how it is measured and how to read it.
#
#   bench/gateway/run.sh [option]…
#     --quick                 about a minute: short windows, few rounds, fewer held streams
#     --workloads A,B,…       some of: small latency rate body sse burst paced held idle tls handshake
#     --designs A,B,…         some of: direct nginx haproxy haproxy64 gateway
#     --rounds N              rounds a workload (7; with --quick 2)
#     --patience N            further rounds a workload while others keep the machine busy (4; with --quick none)
#     --placement A|B         for all workloads: A = the proxy alone on core 0, B = the mock beside it; the load has core 1
#     --rate R                requests a second of the workload `rate` (15000, about half of what the peers bear)
#     --json FILE             every round of every design, one JSON object a line
#     --check W:BOUND,…       exit 1 where the gateway's figure is above BOUND times that of the lower peer
#     --gateway COMMAND       how to start the gateway (or the variable GATEWAY; else build/release/locksmith or
#                             the program in the variable LOCKSMITH). The command finds PORT, TLS_PORT,
#                             UPSTREAM (a URL), DIR (a temporary folder with certificate.pem and key.pem) and KEY
#     --tools FOLDER          where mock_upstream and load are built (build/bench/bench/gateway; built when missing)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)

all_workloads="small latency rate body sse burst paced held idle tls handshake"
workloads=$all_workloads
designs="direct nginx haproxy haproxy64 gateway"
rounds="" patience="" quick="" placement="" json="" check="" rate=15000
gateway_command=${GATEWAY:-}
tools=$root/build/bench/bench/gateway

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
    --patience) patience=$2 ;;
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
  seconds=0.4 rounds=${rounds:-2} patience=${patience:-0} held_rounds=1 held_streams=2000 held_seconds=3 idle_connections=2000
else
  seconds=1.0 rounds=${rounds:-7} patience=${patience:-4} held_rounds=2 held_streams=9500 held_seconds=10 idle_connections=5000
fi

[ "$(nproc)" -ge 2 ] || { say "Two processors are needed: one for the proxies, one for the load."; exit 2; }
for program in nginx haproxy openssl python3 taskset; do
  command -v "$program" >/dev/null || { say "$program is missing: dev/prepare.sh lists it in bench_packages."; exit 2; }
done
. "$here/designs.sh"
rows=$dir/rows.jsonl
: >"$rows"

# What each workload sends and gets. Sets: arguments, answer, place, fresh (a new process for each round), times, more
# (rounds, when there is company), secure.
describe() {
  arguments="--connections 64 --seconds $seconds --warmup 0.1" answer=json:2048 place=B fresh="" times=$rounds more=$patience secure=""
  case $1 in
    small) arguments+=" --bytes 2048" ;;
    latency) arguments="--connections 1 --seconds $seconds --bytes 2048" times=$((rounds * 2)) ;;
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
  if [ -n "$fresh" ] && [ "$more" -gt 1 ]; then more=1; fi # such a round takes a minute
  place=${placement:-$place}
  # A load that sleeps adds its own waking up to every latency; it may stay awake where no mock needs its core.
  case $1:$place in latency:B|rate:B) arguments+=" --spin 1" ;; esac
}

measure() { # WORKLOAD DESIGN ROUND; sets company where 0.3 cores or more did something else
  local at=${port[$2]} watch="" outcome=0
  [ -z "$secure" ] || at=${tls_port[$2]}
  if [ -n "$secure" ] && [ -n "${pid[$2_tls]:-}" ]; then
    watch="--watch $(processes "${pid[$2_tls]}")"
  elif [ "$2" != direct ]; then
    watch="--watch $(processes "${pid[$2]}")"
  fi
  # shellcheck disable=SC2086 # the options are split on purpose
  KEY=${key[$2]:-$any_key} taskset -c 1 "$tools/load" --port "$at" $arguments $watch --upstream "${pid[mock]}" \
    >"$dir/line" 2>"$dir/load.err" || outcome=$?
  if [ "$outcome" -gt 1 ]; then
    say "$1, $2: $(tail -n 1 "$dir/load.err")"
    printf '{"failed":true}' >"$dir/line"
  fi
  [[ $(cat "$dir/line") =~ \"foreign_cores\":0\.[012] ]] || company=1
  printf '{"workload":"%s","design":"%s","round":%d,"placement":"%s","result":%s}\n' "$1" "$2" "$3" "$place" \
    "$(cat "$dir/line")" >>"$rows"
}

# --- go ---------------------------------------------------------------------------------------------------------------
for workload in $workloads; do describe "$workload"; done
start_mock

leave_out_missing_gateway
for design in $designs; do start "$design"; done

for workload in $workloads; do
  describe "$workload"
  set_answer "$answer"
  if [ "$place" = A ]; then mock_core=1; else mock_core=0; fi
  taskset -a -p -c "$mock_core" "${pid[mock]}" >/dev/null
  round=0 quiet=0
  while [ "$round" -lt "$times" ] || { [ "$quiet" -lt "$times" ] && [ "$round" -lt $((times + more)) ]; }; do
    round=$((round + 1)) company=""
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
    [ -n "$company" ] || quiet=$((quiet + 1))
  done
done
[ -t 2 ] && printf '\r%60s\r' '' >&2
[ -z "$json" ] || cp "$rows" "$json"
python3 "$here/table.py" "$rows" ${check:+--check "$check"}

#!/usr/bin/env bash
# The table of the benchmark on made-up rounds: ratios within rounds, bounds that hold, bounds that do not, and what was not
# measured or went wrong, which must never pass. Exit 77 where there is no python3.
set -euo pipefail
command -v python3 >/dev/null || exit 77
here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

row() { # WORKLOAD DESIGN ROUND CPU_US P50 [ERRORS [FOREIGN]]: 1000 requests in a second, or one after the other
  local wall=1.0
  [ "$1" != latency ] || wall=0.0$5 # 20 us for each
  printf '{"workload":"%s","design":"%s","round":%s,"placement":"B","result":{"requests":1000,"events":0,"errors":%s,' \
    "$1" "$2" "$3" "${6:-0}"
  printf '"p50_us":%s,"p99_us":%s,"event_p50_us":0,"event_p99_us":0,"wall_s":%s,"cpu_us":%s,"foreign_cores":%s,' \
    "$5" "$5" "$wall" "$4" "${7:-0.1}"
  printf '"rss_before_kb":1000,"rss_end_kb":3000,"connections":1000}}\n'
}
expect() { # EXIT-CODE TEXT ARGUMENTS...
  local wanted=$1 text=$2 got=0
  shift 2
  "$here/table.py" "$@" >"$dir/out" 2>&1 || got=$?
  if [ "$got" -ne "$wanted" ] || ! grep -q -- "$text" "$dir/out"; then
    printf 'FAILED: %s: exit code %s, wanted %s and "%s"\n' "$*" "$got" "$wanted" "$text"
    cat "$dir/out"
    exit 1
  fi
}

# The rounds met machines of different speed: the ratio of the medians to haproxy is 0.90, the median of the ratios 0.50.
{
  for round in 1 2 3; do
    row latency direct "$round" 0 20
    row latency nginx "$round" 9000 60
    row latency haproxy "$round" 9000 70
    row latency gateway "$round" 9000 40
  done
  row small nginx 1 40000 90; row small haproxy 1 20000 90; row small gateway 1 10000 90
  row small nginx 2 80000 90; row small haproxy 2 40000 90; row small gateway 2 20000 90
  row small nginx 3 40000 90; row small haproxy 3 21000 90; row small gateway 3 19000 90
} >"$dir/rows"
expect 0 "gateway *19.00 *0.50 *0.25" "$dir/rows"
expect 0 "is 0.50 of the lower" "$dir/rows" --check small:0.50
expect 1 "FAIL small cpu" "$dir/rows" --check small:0.49
expect 0 "is 0.50 of the lower" "$dir/rows" --check latency:0.50
expect 1 "FAIL latency added" "$dir/rows" --check small:0.6,latency:0.49
expect 1 "was not measured" "$dir/rows" --check sse:9
expect 1 "was not measured" "$dir/rows" --check small:9 --subject another
expect 1 "is not WORKLOAD" "$dir/rows" --check small
expect 1 "no figure" "$dir/rows" --check small.speed:1

# A round in which one design had company is left out for all of them; errors in it still count.
{ cat "$dir/rows"; row small gateway 4 90000 90 0 0.3; row small haproxy 4 10000 90; } >"$dir/loud"
expect 0 "rounds: 4, quiet: 3, used: the quiet ones" "$dir/loud" --check small:0.50
{ cat "$dir/rows"; row small gateway 4 90000 90 1 0.3; } >"$dir/loud"
expect 1 "There were errors" "$dir/loud"
# With fewer than two quiet rounds all are used, and marked.
{ for round in 1 2 3; do row small nginx "$round" 20000 90 0 0.9; row small gateway "$round" "${round}0000" 90 0 0.9; done; } >"$dir/loud"
expect 0 "gateway *20.00.* 0.90[*]" "$dir/loud" --check small:1.0

{ cat "$dir/rows"; row idle gateway 1 0 0; row idle nginx 1 0 0; } >"$dir/idle"
expect 0 "idle memory: gateway's is 1.00" "$dir/idle" --check idle:1

{ cat "$dir/rows"; row small gateway 4 10000 90 3; } >"$dir/errors"
expect 1 "There were errors" "$dir/errors"
{ cat "$dir/rows"; echo '{"workload":"body","design":"gateway","round":1,"placement":"B","result":{"failed":true}}'; } >"$dir/failed"
expect 1 "failed in every round" "$dir/failed"
echo "the table of the benchmark holds"

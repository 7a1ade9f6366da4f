#!/usr/bin/env bash
# Counts what one request of the steady path costs, in numbers that do not depend on how busy the machine is: instructions in
# user space, allocations, system calls. A design at a time, on the mock upstream of the benchmark.
#
#   bench/gateway/count.sh [option]…
#     --designs A,B,…      some of: nginx haproxy gateway
#     --what A,B,…         some of: instructions allocations syscalls
#     --requests N         of the counted difference (2000; system calls: four times as many)
#     --body BYTES         of a request (1024)
#     --answer SPEC        what the mock answers (json:2048; with sse:200 a request asks for a stream)
#     --check W:BOUND,…    exit 1 where the gateway's instructions, allocations or syscalls are above BOUND
#     --gateway COMMAND    as for run.sh
#     --tools FOLDER       as for run.sh
#
# Instructions: two runs under callgrind, of N and of 2N requests; their difference by N, so that start and end fall out.
# Allocations: count_allocations.so preloaded, read before and after N requests of a process that has answered N already.
# System calls: strace -c -f, attached while four times N requests pass, on 64 connections and on one.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
designs="nginx haproxy gateway"
what="instructions allocations syscalls"
requests=2000 body=1024 answer=json:2048 check=""
gateway_command=${GATEWAY:-}
tools=$root/build/bench/bench/gateway

usage() { sed -n '2,/^set /p' "$0" | sed -n 's/^# \{0,1\}//p' >&2; exit 2; }
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || usage
  case $1 in
    --designs) designs=${2//,/ } ;;
    --what) what=${2//,/ } ;;
    --requests) requests=$2 ;;
    --body) body=$2 ;;
    --answer) answer=$2 ;;
    --check) check=$2 ;;
    --gateway) gateway_command=$2 ;;
    --tools) tools=$(cd "$2" && pwd) ;;
    *) usage ;;
  esac
  shift 2
done
. "$here/designs.sh"
for program in nginx haproxy openssl valgrind strace; do
  command -v "$program" >/dev/null || { say "$program is missing: dev/prepare.sh lists it in bench_packages."; exit 2; }
done
stream=0
case $answer in sse:*|burst:*) stream=1 ;; esac
declare -A counted

ask() { # DESIGN REQUESTS CONNECTIONS: exactly so many; an error in one of them ends the script
  KEY=${key[$1]:-$any_key} taskset -c 1 "$tools/load" --port "${port[$1]}" --requests "$2" --connections "$3" --body "$body" \
    --stream "$stream" >"$dir/line" 2>&1 || { say "$1: $(tail -n 1 "$dir/line")"; exit 1; }
}

by() { awk -v d="$1" -v n="$2" -v digits="$3" 'BEGIN { printf "%.*f", digits, d / n }'; } # NUMBER DIVISOR DIGITS

count_instructions() { # DESIGN
  local times sums=()
  wrap=(valgrind -q --tool=callgrind --trace-children=yes "--callgrind-out-file=$dir/callgrind.%p")
  nginx_globals="master_process off;"
  # The sandbox would keep callgrind from writing its file, and valgrind lets no thread run while one waits on io_uring.
  export LOCKSMITH_SANDBOX=false LOCKSMITH_IO=epoll
  for times in 1 2; do
    start "$1"
    ask "$1" $((times * requests)) 8
    stop "$1"
    sums+=("$(awk '/^(summary|totals):/ && !(FILENAME in seen) { seen[FILENAME] = 1; sum += $2 } END { printf "%.0f", sum }' \
      "$dir"/callgrind.*)")
    rm -f "$dir"/callgrind.*
  done
  wrap=(taskset -c 0)
  nginx_globals=""
  unset LOCKSMITH_SANDBOX LOCKSMITH_IO
  counted[$1.instructions]=$(by $((sums[1] - sums[0])) "$requests" 0)
}

count_allocations() { # DESIGN
  local before after
  wrap=(taskset -c 0 env "LD_PRELOAD=$tools/count_allocations.so" "COUNT_ALLOCATIONS_FILE=$dir/$1.allocations")
  start "$1"
  wrap=(taskset -c 0)
  ask "$1" "$requests" 8
  sleep 0.2 # connections of the first run are closed by now
  read -r -a before <<<"$(od -An -w24 -t u8 "$dir/$1.allocations")"
  ask "$1" "$requests" 8
  sleep 0.2
  read -r -a after <<<"$(od -An -w24 -t u8 "$dir/$1.allocations")"
  stop "$1"
  [ "${after[0]:-0}" -gt 0 ] || { say "$1: not one allocation was seen; is it linked statically?"; exit 1; }
  counted[$1.allocations]=$(by $((after[0] - before[0])) "$requests" 2)
  counted[$1.allocated_bytes]=$(by $((after[2] - before[2])) "$requests" 0)
}

count_syscalls() { # DESIGN CONNECTIONS NAME
  local tracer many=$((4 * requests)) watched
  start "$1"
  ask "$1" 200 "$2"
  watched=$(processes "${pid[$1]}")
  # A stopped tracer writes its table. It says "attached" on stderr, once for each process.
  # shellcheck disable=SC2086 # a list
  strace -c -f -o "$dir/strace" $(printf -- '-p %s ' ${watched//,/ }) 2>"$dir/strace.err" &
  tracer=$!
  for _ in $(seq 100); do
    [ "$(grep -c attached "$dir/strace.err")" -lt "$(wc -w <<<"${watched//,/ }")" ] || break
    sleep 0.05
  done
  ask "$1" "$many" "$2"
  kill -INT "$tracer"
  wait "$tracer" || true
  stop "$1"
  counted[$1.$3]=$(by "$(awk '$NF == "total" { print $4 }' "$dir/strace")" "$many" 2)
  counted[$1.$3.most]=$(awk -v n="$many" '$1 ~ /^[0-9.]+$/ && $NF != "total" && $4 / n >= 0.05 {
    printf "%s %.2f  ", $NF, $4 / n }' "$dir/strace")
}

start_mock
leave_out_missing_gateway
set_answer "$answer"
for design in $designs; do
  for each in $what; do
    case $each in
      instructions) count_instructions "$design" ;;
      allocations) count_allocations "$design" ;;
      syscalls)
        count_syscalls "$design" 64 syscalls
        count_syscalls "$design" 1 syscalls_alone ;;
      *) usage ;;
    esac
  done
done

printf '%-10s %14s %12s %12s %10s %10s   %s\n' "a request" instructions allocations bytes "calls c=64" "calls c=1" "most at c=64"
for design in $designs; do
  printf '%-10s %14s %12s %12s %10s %10s   %s\n' "$design" "${counted[$design.instructions]:--}" \
    "${counted[$design.allocations]:--}" "${counted[$design.allocated_bytes]:--}" "${counted[$design.syscalls]:--}" \
    "${counted[$design.syscalls_alone]:--}" "${counted[$design.syscalls.most]:-}"
done

failed=0
for bound in ${check//,/ }; do
  value=${counted[gateway.${bound%%:*}]:-}
  if [ -n "$value" ] && awk -v v="$value" -v b="${bound#*:}" 'BEGIN { exit !(v <= b) }'; then
    printf 'ok   %s: %s, at most %s is allowed\n' "${bound%%:*}" "$value" "${bound#*:}"
  else
    printf 'FAIL %s: %s, at most %s is allowed\n' "${bound%%:*}" "${value:-was not counted}" "${bound#*:}"
    failed=1
  fi
done
exit "$failed"

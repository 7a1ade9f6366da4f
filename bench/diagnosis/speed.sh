#!/bin/sh
# How many evidence documents a second does `diagnose --jsonl` work through on one core? The public reports, repeated; beside
# it, what it costs only to parse the same lines with jq and with Python's json, where they are installed.
#
#   bench/diagnosis/speed.sh [PROGRAM] [REPEATS]       default: build/release/locksmith 300
set -eu
here=$(cd "$(dirname "$0")" && pwd)
program=${1:-$here/../../build/release/locksmith}
repeats=${2:-300}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

# Each line holds {"evidence": {…}, "cause": …}; the document is what stands between.
sed -n 's/^{"evidence": \({.*}\), "cause": .*$/\1/p' "$here/reports.jsonl" "$here/holdout.jsonl" >"$work/once"
i=0
while [ "$i" -lt "$repeats" ]; do
  cat "$work/once"
  i=$((i + 1))
done >"$work/all"
documents=$(wc -l <"$work/all")
bytes=$(wc -c <"$work/all")
[ "$documents" -gt 0 ]

now() { date +%s%N; }
measure() { # NAME COMMAND...: three runs, the best
  name=$1
  shift
  best=""
  for _ in 1 2 3; do
    start=$(now)
    taskset -c 0 "$@" <"$work/all" >/dev/null 2>&1 || [ $? -eq 1 ]
    took=$((($(now) - start) / 1000))
    if [ -z "$best" ] || [ "$took" -lt "$best" ]; then best=$took; fi
  done
  rate=$((documents * 1000000 / best))
  [ -n "${first:-}" ] || first=$rate
  printf '%-28s %9d documents/s  %6d MB/s   %s\n' "$name" "$rate" "$((bytes / best))" \
    "$(awk -v a="$first" -v b="$rate" 'BEGIN { printf "locksmith / this = %.2f", a / b }')"
}

printf '%d documents, %d MB, one core\n' "$documents" "$((bytes / 1000000))"
measure "locksmith diagnose --jsonl" "$program" diagnose --jsonl --json -
if command -v jq >/dev/null 2>&1; then measure "jq (parse, print one member)" jq -c .error.status; fi
if command -v python3 >/dev/null 2>&1; then
  measure "python3 (parse only)" python3 -c 'import json, sys
for line in sys.stdin: json.loads(line)'
fi

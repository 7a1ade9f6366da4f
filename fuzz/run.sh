#!/bin/sh
# Builds the fuzz targets once and runs every one for SECONDS (default 60), from its corpus. A crash, a leak, a broken
# property or an input that takes more than five seconds fails, and is kept under build/fuzz/found/.
#
#   fuzz/run.sh 60                 all targets
#   fuzz/run.sh 60 log curl        only these
#
# Each run explores something else; FUZZ_SEED=NUMBER repeats one, as far as the machine is as fast.
set -u
cd "$(dirname "$0")/.." || exit 2
seconds=${1:-60}
[ $# -gt 0 ] && shift
log=$(mktemp) || exit 2
trap 'rm -f "$log"' EXIT
cmake --preset fuzz >"$log" 2>&1 && cmake --build --preset fuzz --target fuzz_all -j2 >>"$log" 2>&1 || {
  tail -n 30 "$log"
  echo 'the fuzz targets cannot be built: they need clang++-19 and libclang-rt-19-dev'
  exit 2
}
[ $# -gt 0 ] || set -- $(sed -n 's/^locksmith_fuzz(\([a-z0-9_]*\) .*/\1/p' fuzz/CMakeLists.txt)

# One target; its failure is told by the file that it leaves.
run_one() {
  name=$1
  found=build/fuzz/found/$name
  grown=build/fuzz/grown/$name
  mkdir -p "$found" "$grown"
  if build/fuzz/fuzz/fuzz_"$name" -max_total_time="$seconds" -seed="${FUZZ_SEED:-0}" -timeout=5 -rss_limit_mb=2048 -max_len=65536 -len_control=20 \
    -print_final_stats=1 -artifact_prefix="$found/" "$grown" "fuzz/corpus/$name" >"$found/log.txt" 2>&1; then
    printf '%-16s %s\n' "$name" "$(sed -n 's/^stat::number_of_executed_units: *\(.*\)/\1 inputs/p; s/^stat::average_exec_per_sec: *\(.*\)/, \1 a second/p' "$found/log.txt" | tr -d '\n')"
  else
    printf '%-16s FAILED; the input is in %s\n' "$name" "$found"
    grep -E 'ERROR|SUMMARY|broken:|Test unit' "$found/log.txt" | head -n 5
    : >"$failed"
  fi
}

# Two at a time: a target uses one core.
failed=$log.failed
rm -f "$failed"
while [ $# -gt 0 ]; do
  run_one "$1" &
  if [ $# -gt 1 ]; then
    run_one "$2" &
    shift
  fi
  shift
  wait
done
[ ! -e "$failed" ] || { rm -f "$failed"; exit 1; }

#!/bin/sh
# Every case of tests/acceptance/cases against the built program: tests/acceptance/run.sh PROGRAM [CASE...]
# Exit code 0 where each cause is named first with the right exit code.
set -u
. "$(dirname "$0")/begin.sh"
shift
[ $# -gt 0 ] || set -- "$here"/cases/*.case
passed=0 failed=0
for file in "$@"; do
  name=$(basename "$file" .case)
  (run_case "$file" "$work/$name")
  wants=$(sed -n 's/^wants=//p' "$file")
  exits=$(sed -n 's/^exits=//p' "$file")
  [ -n "$exits" ] || { [ "$wants" = healthy ] && exits=0 || exits=1; }
  got=$(first_code "$work/$name/doctor.json")
  code=$(cat "$work/$name/exit")
  if [ "$got" = "$wants" ] && [ "$code" = "$exits" ] && [ ! -s "$work/$name/doctor.err" ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf '%s: wanted %s (exit %s), got %s (exit %s)\n' "$name" "$wants" "$exits" "$got" "$code"
    cat "$work/$name/doctor.err"
  fi
done
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]

#!/bin/sh
# Runs the commands of the documents (commands.txt) with the program that LOCKSMITH names, in an empty folder with an
# empty home, and compares exit codes: what a page shows must work.
#
#   LOCKSMITH=build/dev/locksmith tests/docs/run_commands.sh
#   tests/docs/run_commands.sh --self-test      does it notice a command that fails, and one that never ends?
set -u
list=$(dirname "$0")/commands.txt
limit=${LOCKSMITH_COMMAND_SECONDS:-60}

run_list() { # FILE: prints a line a failure, returns their number
  failures=0
  running=''
  while IFS= read -r line <&3; do
    case $line in '' | '#'*) continue ;; esac
    how=${line%% | *}
    command=${line#* | }
    case $how in
      ci) continue ;;
      up)
        sh -c "exec $command" >>"$scratch/up.log" 2>&1 3<&- &
        running="$running $!"
        sleep 1
        if ! kill -0 $! 2>/dev/null; then
          printf 'not up after a second: %s\n' "$command"
          failures=$((failures + 1))
        fi
        continue
        ;;
    esac
    timeout "$limit" sh -c "$command" >"$scratch/out.log" 2>&1 3<&- </dev/null
    code=$?
    if [ "$code" -ne "$how" ]; then
      printf 'exit code %s, expected %s: %s\n' "$code" "$how" "$command"
      sed 's/^/    /' "$scratch/out.log" | tail -n 20
      failures=$((failures + 1))
    fi
  done 3<"$1"
  for pid in $running; do kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null; done
  return "$failures"
}

scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/home" "$scratch/here"

if [ "${1:-}" = --self-test ]; then
  limit=2
  printf '0 | true\n3 | exit 3\n0 | false\n0 | sleep 30\nup | sleep 30\nup | false\nci | never run\n' >"$scratch/list"
  out=$(cd "$scratch/here" && run_list "$scratch/list")
  found=$(printf '%s\n' "$out" | grep -c -E '^(exit code|not up)')
  [ "$found" -eq 3 ] && exit 0
  printf 'expected 3 failures, got %s:\n%s\n' "$found" "$out"
  exit 1
fi

: "${LOCKSMITH:?must name the program to run}"
[ -x "$LOCKSMITH" ] || { printf 'cannot run %s\n' "$LOCKSMITH" >&2; exit 2; }
list=$(cd "$(dirname "$list")" && pwd)/commands.txt
mkdir "$scratch/bin"
ln -s "$(cd "$(dirname "$LOCKSMITH")" && pwd)/$(basename "$LOCKSMITH")" "$scratch/bin/locksmith"
PATH=$scratch/bin:$PATH
HOME=$scratch/home
unset ANTHROPIC_API_KEY ANTHROPIC_AUTH_TOKEN ANTHROPIC_BASE_URL CLAUDE_CODE_OAUTH_TOKEN
export PATH HOME
cd "$scratch/here" || exit 1
run_list "$list"

#!/bin/sh
# The doctor looks at a process that really runs, at a unit file and at a container's JSON: tests/acceptance/elsewhere.sh PROGRAM
set -u
. "$(dirname "$0")/begin.sh"
sleeper=
trap '[ -z "$sleeper" ] || kill "$sleeper" 2>/dev/null; rm -rf "$work"' EXIT INT TERM
forget_environment
HOME="$work/home"
export HOME
mkdir -p "$HOME" "$work/app"
cd "$work" || exit 70
passed=0 failed=0

expect() {  # WHAT TEXT: the last output holds the text
  if grep -qF -- "$2" out; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf '%s: no "%s" in:\n' "$1" "$2"
    cat out
  fi
}

give ANTHROPIC_API_KEY "$(api_key 1111)"
printf 'ANTHROPIC_AUTH_TOKEN=%s\n' "$(api_key 2222)" >app/.env
(cd app && exec env -i HOME="$HOME" ANTHROPIC_API_KEY="$(api_key 3333)" ANTHROPIC_BASE_URL=http://127.0.0.1:9/v1 sleep 60) &
sleeper=$!
tries=0
while [ "$(tr '\0' '\n' <"/proc/$sleeper/comm" 2>/dev/null)" != sleep ] && [ $tries -lt 2000 ]; do
  tries=$((tries + 1))
  sleep 0.05
done

"$LOCKSMITH" doctor --pid "$sleeper" --as sdk-typescript-1 --offline --json >out 2>&1
expect process "\"where\": \"process $sleeper\""
expect process '"url": "http://127.0.0.1:9/v1/v1/models"'
expect process '108 characters, …11AA'
expect process '108 characters, …33AA'
expect process '"config.copies-differ"'
expect 'its .env' '"source": "dotenv:.env"'

"$LOCKSMITH" doctor --pid 99999999 --offline >out 2>&1
expect 'no such process' 'There is no process 99999999'

printf '[Service]\nExecStart=/bin/true\nEnvironment=OTHER=1\n' >web.service
"$LOCKSMITH" doctor --systemd web.service --offline --json >out 2>&1
expect unit '"config.set-outside-process"'
expect unit '"launched.service"'

printf '[{"Name":"/web","State":{},"Config":{"Env":["ANTHROPIC_API_KEY=\\"%s\\""]}}]' "$(api_key 4444)" |
  "$LOCKSMITH" doctor --inspect - --json >out 2>&1
expect container '"where": "container web"'
expect container '"quoted"'
expect 'its network is not ours' 'the network of container web is not'

"$LOCKSMITH" doctor --pid 1 --inspect x.json >out 2>&1
expect 'two places' 'excludes'

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]

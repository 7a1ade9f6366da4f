#!/bin/sh
# What a sick machine does to the examination: one clear sentence each, the rest goes on, the exit code holds.
# tests/acceptance/bad_input.sh PROGRAM
set -u
. "$(dirname "$0")/begin.sh"
trap 'chmod -R u+w "$work" 2>/dev/null; rm -rf "$work"' EXIT INT TERM
forget_environment
passed=0 failed=0

# expect NAME EXIT TEXT: the last run ended with EXIT and said TEXT somewhere.
expect() {
  if [ "$code" = "$2" ] && printf '%s' "$output" | tr '\n' ' ' | tr -s ' ' | grep -qF -- "$3"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf '%s: exit %s (wanted %s), or this is not said: %s\n%s\n' "$1" "$code" "$2" "$3" "$output"
  fi
}
fresh() {
  rm -rf "$work/home" "$work/here"
  mkdir -p "$work/home/.claude" "$work/here"
  HOME="$work/home"
  export HOME
  cd "$work/here" || exit 70
}
doctor() {
  output=$(ANTHROPIC_API_KEY="$(api_key)" "$LOCKSMITH" doctor --offline "$@" 2>&1)
  code=$?
}

fresh; printf '\000\001\002binary' >.env; doctor
expect "a binary .env" 3 "This is not a text file"

fresh; printf 'ANTHROPIC_AUTH_TOKEN=\377\376 broken utf-8\n' >.env; doctor --json
expect "a .env in no encoding" 1 '"schema": "locksmith.doctor/1"'

fresh; ln -s loop "$HOME/.claude/loop"; ln -s loop "$HOME/.claude/settings.json"; ln -sf settings.json "$HOME/.claude/loop"; doctor
expect "a circle of links" 3 "symbolic links go in a circle"

fresh; mkdir "$HOME/.claude/settings.json"; doctor
expect "a folder where a file belongs" 3 "it is a directory"

fresh; mkfifo "$HOME/.claude/settings.json"; doctor
expect "a pipe where a file belongs" 3 "a device or a pipe"

fresh; truncate -s 100M "$HOME/.claude/settings.json"; doctor
expect "a settings file of 100 MB" 3 "100 MiB"

fresh; printf '{"env": [1,' >"$HOME/.claude/settings.json"; doctor
expect "settings that are no JSON" 3 "not valid JSON"

if [ "$(id -u)" -ne 0 ]; then
  fresh; echo '{}' >"$HOME/.claude/settings.json"; chmod 000 "$HOME/.claude/settings.json"; doctor
  expect "a file that may not be read" 3 "permission denied"
fi

fresh; unset HOME; doctor
expect "no HOME" 3 "HOME is not set"

fresh; HOME="$work/nowhere"; export HOME; doctor
expect "a home that does not exist" 3 "Nothing is wrong with the credential's form"

fresh; chmod 500 "$work/here" "$HOME"; doctor
expect "a read-only disk" 3 "Nothing is wrong with the credential's form"

fresh; rmdir "$work/here"; doctor
expect "a working directory that is gone" 3 "Nothing is wrong with the credential's form"
mkdir -p "$work/here"; cd "$work/here" || exit 70

fresh; output=$(ANTHROPIC_API_KEY="$(api_key)" http_proxy="no url at all" ANTHROPIC_BASE_URL=http://127.0.0.1:1 "$LOCKSMITH" doctor 2>&1); code=$?
expect "a proxy variable that is no URL" 1 "proxy_or_vpn.bad_url"

fresh; output=$(ANTHROPIC_API_KEY="$(api_key)" "$LOCKSMITH" doctor --base-url "https://exa mple" 2>&1); code=$?
expect "a base URL that is none" 1 "a character that no host has"

fresh; output=$(ANTHROPIC_API_KEY="$(api_key)" "$LOCKSMITH" doctor --offline 2>&1 >/dev/full); code=$?
expect "a full disk" 2 "[output_not_written]"

for words in "explain" "explain --json" "doctor --help" "diagnose --symptom list"; do
  output=$("$LOCKSMITH" $words 2>&1 >/dev/full); code=$?
  expect "a full disk under $words" 2 "[output_not_written]"
done
i=0; while [ $i -lt 4000 ]; do echo '{"error":{"status":401}}'; i=$((i + 1)); done >"$work/many.jsonl"
output=$("$LOCKSMITH" diagnose --jsonl --json "$work/many.jsonl" 2>&1 >/dev/full); code=$?
expect "a full disk under many lines" 2 "[output_not_written]"
mkfifo "$work/pipe"
sleep 60 <"$work/pipe" & reader=$!
exec 3>"$work/pipe"
kill "$reader"; wait "$reader" 2>/dev/null
output="ended in silence: [$("$LOCKSMITH" doctor --offline 2>&1 >&3)]"; code=$?
exec 3>&-
expect "a reader who has left" 141 "ended in silence: []"

fresh; output=$(head -c 20000 /dev/urandom | "$LOCKSMITH" diagnose - 2>&1); code=$?
expect "noise as evidence" 2 "not valid JSON"

fresh; output=$(yes 'a very long line without an end' | tr -d '\n' | head -c 50000000 | "$LOCKSMITH" diagnose --jsonl - 2>&1); code=$?
expect "a line of 50 MB" 2 "longer than 4 MiB"

fresh; output=$("$LOCKSMITH" diagnose --error "$(head -c 20000 /dev/urandom | base64)" 2>&1); code=$?
expect "noise as an error" 3 "Nothing in the evidence speaks for any known cause"

fresh; output=$(env -i "$LOCKSMITH" doctor --offline 2>&1); code=$?
expect "no environment at all" 1 "key_missing.unset"

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]

#!/bin/sh
# The form of what the doctor prints, whatever it says: shapes.sh PATH-TO-LOCKSMITH. In ten set-ups, at 40, 80 and 200 columns, without
# UTF-8, in a pipe, with standard input closed: the first line stands alone and is short, 24 lines at 80 columns, commands are not
# wrapped, words instead of signs where they are wanted, the JSON has its schema's members. Called by ctest.
set -eu
. "$(dirname "$0")/begin.sh"
failed=0
fail() { printf '%s: %s\n' "$name" "$1"; failed=$((failed + 1)); }

afterwards() {
  for columns in 40 80 200; do
    # shellcheck disable=SC2086 # flags are split on purpose
    LANG=C.UTF-8 LC_ALL=C.UTF-8 COLUMNS=$columns "$LOCKSMITH" doctor $flags >"$folder/text.$columns" 2>&1 <&-
  done
  # shellcheck disable=SC2086
  LANG=C LC_ALL=C "$LOCKSMITH" doctor $flags >"$folder/text.plain" 2>&1
}

for name in trailing-newline quoted revoked no-credit shadowed-login doubled-v1 proxy-gone nothing-listens healthy offline-good-form; do
  (run_case "$here/cases/$name.case" "$work/$name")
  folder=$work/$name
  for columns in 40 80 200; do
    text=$folder/text.$columns
    head -n 1 "$text" | grep -qE '^(✗ problem|✓ works|[?] unknown): ' || fail "the first line at $columns columns is no verdict: $(head -n 1 "$text")"
    [ "$(tail -n 1 "$text" | cut -c1-6)" = "  More" ] || fail "the last line at $columns columns does not say where to read on"
  done
  [ "$(wc -l <"$folder/text.80")" -le 24 ] || fail "$(wc -l <"$folder/text.80") lines at 80 columns"
  [ "$(head -n 1 "$folder/text.80" | wc -m)" -le 80 ] || fail 'the first line has over 79 columns'
  if LC_ALL=C grep -q '[^ -~]' "$folder/text.plain"; then fail 'without UTF-8 there is something else than ASCII'; fi
  grep -qE '^(problem|works|unknown): ' "$folder/text.plain" || fail 'without UTF-8 the first line is no verdict'
  if grep -q "$(printf '\033')" "$folder"/text.*; then fail 'a terminal sequence in a pipe'; fi
  # Commands are whole at any width, so that they can be copied.
  grep -E '^ {11}(export [A-Z_]+=|unset [A-Z]|env -u |sudo )' "$folder/text.40" >"$folder/commands" || true
  while read -r command; do grep -qF -- "$command" "$folder/text.200" || fail "a command was wrapped: $command"; done <"$folder/commands"
  python3 - "$folder/doctor.json" "$here/../../docs/schema/doctor-1.json" <<'PYTHON' || fail 'the JSON is not as its schema says'
import json, sys
document, schema = json.load(open(sys.argv[1])), json.load(open(sys.argv[2]))
def check(value, s, at):
    kinds = {"object": dict, "array": list, "string": str, "integer": int}
    if "type" in s and not isinstance(value, kinds[s["type"]]): sys.exit(f"{at} is no {s['type']}")
    if "enum" in s and value not in s["enum"]: sys.exit(f"{at} is {value}")
    if "const" in s and value != s["const"]: sys.exit(f"{at} is {value}")
    for name in s.get("required", []):
        if name not in value: sys.exit(f"{at} lacks {name}")
    for name, inner in s.get("properties", {}).items():
        if name in value: check(value[name], inner, f"{at}.{name}")
    if "items" in s:
        for i, one in enumerate(value): check(one, s["items"], f"{at}[{i}]")
check(document, schema, "document")
PYTHON
done
[ "$failed" -eq 0 ] && echo 'ten set-ups, five ways each'

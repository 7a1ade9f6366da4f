#!/bin/sh
# Every remedy that changes a shell's own variables, in every set-up of tests/acceptance/cases, is run as it stands, and the doctor is
# asked again: remedies.sh PATH-TO-LOCKSMITH. A remedy that is printed and does not mend is a defect. Called by ctest.
set -eu
. "$(dirname "$0")/begin.sh"

# The first remedy of the first finding that is graded safe and needs nothing to be filled in.
remedy_of() {
  python3 - "$1" <<'PYTHON'
import json, re, sys
report = json.load(open(sys.argv[1]))
for finding in report["findings"][:1]:
    for step in finding["remedy"]:
        command = step.get("command", "")
        if step["grade"] != "safe" or re.search(r"YOUR_KEY|YOUR_TOKEN|YOUR_GATEWAY|FILE|HOST|CA\\.pem", command): continue
        m = re.fullmatch(r"env((?: -u \w+)+) YOUR_COMMAND", command)
        if m: command = "unset" + m[1].replace(" -u", "")
        if re.match(r"(export|unset|set -a;) ", command):
            print(command)
            sys.exit()
PYTHON
}

# In the set-up's own folder and environment, while its emulator runs.
# A fault that the emulator plays for everybody is mended by nothing on this machine, and the public API is not to be had here.
afterwards() {
  case "$faults" in '' | *--tls*) ;; *) return 0 ;; esac
  remedy_of "$folder/doctor.json" >"$folder/remedy"
  [ -s "$folder/remedy" ] && [ "$(cat "$folder/remedy")" != 'unset ANTHROPIC_BASE_URL' ] || return 0
  # shellcheck disable=SC2086 # flags are split on purpose
  sh -c "$(cat "$folder/remedy")
exec \"\$0\" doctor --json $flags" "$LOCKSMITH" >"$folder/after.json" 2>"$folder/after.err"
  echo $? >"$folder/after"
}

mended=0 failed=0
for file in "$here"/cases/*.case; do
  name=$(basename "$file" .case)
  (run_case "$file" "$work/$name")
  [ -e "$work/$name/after" ] || continue
  # 3: nothing is wrong any more, and something that is not seen decides (does the program load its .env file?).
  if [ "$(cat "$work/$name/after")" = 0 ] || [ "$(cat "$work/$name/after")" = 3 ]; then
    mended=$((mended + 1))
  else
    failed=$((failed + 1))
    printf '%s: after "%s" the doctor says %s\n' "$name" "$(cat "$work/$name/remedy")" "$(first_code "$work/$name/after.json")"
  fi
done
printf '%d remedies mend, %d do not\n' "$mended" "$failed"
[ "$failed" -eq 0 ] && [ "$mended" -ge 3 ]

#!/bin/sh
# The example settings can serve, and the unit confines the gateway: at most 1.5 by systemd's own measure (10 is bare).
#
#   tests/operation/packaging.sh build/dev/locksmith
set -u
program=$1
packaging=$(cd "$(dirname "$0")/../../packaging" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The example names a file that systemd provides; a variable puts another in its place.
(umask 077 && printf 'sk-ant-%s%sAA\n' api03- "$(printf '%093d' 0 | tr 0 e)" >"$work/api-key")
LOCKSMITH_CREDENTIAL_FILE=$work/api-key "$program" serve --config "$packaging/locksmith.toml" --check || {
  echo 'FAILED: the example settings cannot serve'
  exit 1
}
"$program" serve --config "$packaging/locksmith.toml" --check 2>"$work/said" && { echo 'FAILED: a missing key was not noticed'; exit 1; }
grep -q 'locksmith.toml:.*credential_file_unreadable' "$work/said" || { cat "$work/said"; exit 1; }

# What the socket's file says how to set up is a template that systemd can read.
mkdir -p "$work/units/locksmith@.service.d"
sed "s|/usr/bin/locksmith|$(command -v true)|" "$packaging/locksmith.service" >"$work/units/locksmith@.service"
cp "$packaging/locksmith-instance.conf" "$work/units/locksmith@.service.d/"
cp "$packaging/locksmith.socket" "$work/units/"
if command -v systemd-analyze >/dev/null 2>&1; then
  for unit in locksmith.socket locksmith@6.service; do
    (cd "$work/units" && SYSTEMD_UNIT_PATH="$work/units:" systemd-analyze verify --man=no "./$unit") 2>"$work/verified" || true
    grep -i -e 'locksmith.*\(unknown\|invalid\|fail\|unsafe\)' "$work/verified" && { echo "FAILED: $unit"; exit 1; }
  done
fi

command -v systemd-analyze >/dev/null 2>&1 || { echo 'the unit SKIPPED: systemd-analyze is missing'; exit 77; }
systemd-analyze security --offline=true --threshold=15 "$packaging/locksmith.service" >"$work/score" 2>&1
code=$?
grep 'Overall exposure' "$work/score"
[ "$code" -eq 0 ] || { cat "$work/score"; echo "FAILED: the unit scores above 1.5, or cannot be read"; exit 1; }

#!/bin/sh
# Sick worlds: every fault alone, then in pairs, each examined by the real doctor. Needs root and the packages that
# dev/prepare.sh calls world_packages.
#
#   tests/sickworld/run.sh PROGRAM             all singles and pairs
#   tests/sickworld/run.sh PROGRAM NAME...     only these: NAME or NAME+NAME
#
# A single must be named first. Of a pair both must stand among the first three; 95 % of the pairs must. Healthy worlds must
# be called healthy, every one.
set -u
here=$(cd "$(dirname "$0")" && pwd)
LOCKSMITH=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
shift
for tool in ip nft dnsmasq nginx squid tinyproxy openssl faketime ss; do
  command -v $tool >/dev/null 2>&1 || { echo "skipped: $tool is not installed"; exit 77; }
done
[ "$(id -u)" -eq 0 ] || { echo "skipped: network namespaces need root"; exit 77; }

# Everything: two worlds side by side, because most of the time is spent waiting for deadlines.
if [ $# -eq 0 ]; then
  all=$(for file in "$here"/faults/*.fault; do basename "$file" .fault; done; sed -n 's/^\([a-z][^ ]*\) \(.*\)$/\1+\2/p' "$here/pairs")
  out=$(mktemp -d)
  trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$out"' EXIT
  for half in 1 2; do
    # shellcheck disable=SC2046 # a list
    WORLD=$half "$0" "$LOCKSMITH" $(printf '%s\n' "$all" | awk -v half=$half 'NR % 2 == half % 2') >"$out/$half" 2>&1 &
  done
  wait
  grep -hvE '^[0-9]+ passed|^singles:' "$out/1" "$out/2"
  grep -h '^singles:' "$out/1" "$out/2" | awk '{ a += $2; b += $4; c += $8; d += $10 }
    END { printf "singles: %d of %d named first; pairs: %d of %d with both among three\n%d passed, %d failed\n", a, b, c, d, a + c, b + d - a - c
          exit !(a == b && b > 0 && c * 100 >= d * 95) }'
  exit $?
fi

. "$here/../acceptance/case.sh"
. "$here/world.sh"
forget_environment

work=$(mktemp -d)
chmod 755 "$work"
cp "$LOCKSMITH" "$work/locksmith" && LOCKSMITH=$work/locksmith # a build beside this run must not pull it away
trap 'close_world; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
open_world || { echo "skipped: network namespaces cannot be made here"; exit 77; }

# A fault is a file that sets: shows, wants, and any of: notes (observations that must be made), api (arguments of the
# emulator), flags (of the doctor), and the functions net() (what is broken in the world) and user() (what the user set). Several are planted one after the other.
plant() { # NAME...: leaves the doctor's JSON in $folder/doctor.json
  folder=$work/$(printf %s "$*" | tr ' /' '+_')
  mkdir -p "$folder/home" "$folder/here"
  heal
  all_api="" all_flags=""
  for name in "$@"; do
    shows="" wants="" api="" flags=""
    . "$here/faults/$name.fault"
    all_api="$all_api $api"
    all_flags="$all_flags $flags"
    api=lsw-api$world
  done
  # shellcheck disable=SC2086
  start_api $all_api
  trust "$folder/ca4.pem" emulator4
  trust "$folder/ca6.pem" emulator6
  for name in "$@"; do
    net() { :; }
    . "$here/faults/$name.fault"
    api=lsw-api$world
    net
  done
  [ -z "$dns_answers" ] || start_dns
  (
    HOME="$folder/home"
    export HOME
    cd "$folder/here" || exit 70
    give ANTHROPIC_API_KEY "$(api_key)"
    for name in "$@"; do
      user() { :; }
      . "$here/faults/$name.fault"
      user
    done
    # shellcheck disable=SC2086
    started=$(date +%s%N)
    ip netns exec $client $clock "$LOCKSMITH" doctor --json $all_flags >"$folder/doctor.json" 2>"$folder/doctor.err"
    echo $? >"$folder/exit"
    took=$((($(date +%s%N) - started) / 1000000))
    # However sick the world is: never longer than it says (10 s), and with a good network under three.
    limit=10500
    case "$*" in healthy*) limit=3000 ;; esac
    [ "$took" -le "$limit" ] || printf 'it took %d ms, more than %d\n' "$took" "$limit" >>"$folder/doctor.err"
  )
}

# The first COUNT codes, one a line.
codes() {
  awk -v most="$2" '/"verdict":/ { gsub(/[",]/, ""); verdict = $2 }
    /"codes": \[\]/ { next } /"codes": \[/ { inside = 1; next } inside && /\]/ { inside = 0 }
    inside { gsub(/[ ",]/, ""); if (n < most) print; n++ }
    END { if (n == 0) print verdict }' "$1"
}
# Does a code carry a wanted one? "dns_or_connectivity" is carried by any of its finer codes; several wanted: a|b.
carries() { # CODE WANTED
  old=$IFS
  IFS='|'
  for one in $2; do
    case $1 in "$one" | "$one".*) IFS=$old; return 0 ;; esac
  done
  IFS=$old
  return 1
}
wanted_of() { sed -n 's/^wants=//p' "$here/faults/$1.fault" | tr -d '"'; }

# The wanted observations that were not made.
missing_notes() { # NAME
  for note in $(sed -n 's/^notes=//p' "$here/faults/$1.fault" | tr -d '"'); do
    grep -qF "\"$note\"" "$folder/doctor.json" || printf ' %s' "$note"
  done
}

singles=0 singles_right=0 pairs=0 pairs_right=0
single() {
  plant "$1"
  singles=$((singles + 1))
  got=$(codes "$folder/doctor.json" 1)
  unseen=$(missing_notes "$1")
  [ -z "$unseen" ] || printf 'not observed:%s\n' "$unseen" >>"$folder/doctor.err"
  if carries "$got" "$(wanted_of "$1")" && [ ! -s "$folder/doctor.err" ]; then
    singles_right=$((singles_right + 1))
  else
    printf 'single %s: wanted %s, got %s\n' "$1" "$(wanted_of "$1")" "$(codes "$folder/doctor.json" 3 | tr '\n' ' ')"
    [ ! -s "$folder/doctor.err" ] || cat "$folder/doctor.err"
    [ -z "${VERBOSE:-}" ] || cat "$folder/doctor.json"
  fi
}
pair() {
  plant "$1" "$2"
  pairs=$((pairs + 1))
  found=0
  for name in "$1" "$2"; do
    for code in $(codes "$folder/doctor.json" 3); do
      if carries "$code" "$(wanted_of "$name")"; then
        found=$((found + 1))
        break
      fi
    done
  done
  if [ "$found" -eq 2 ]; then
    pairs_right=$((pairs_right + 1))
  else
    printf 'pair %s+%s: wanted %s and %s, got %s\n' "$1" "$2" "$(wanted_of "$1")" "$(wanted_of "$2")" "$(codes "$folder/doctor.json" 3 | tr '\n' ' ')"
    [ -z "${VERBOSE:-}" ] || cat "$folder/doctor.json"
  fi
}

for name in "$@"; do
  case $name in *+*) pair "${name%+*}" "${name#*+}" ;; *) single "$name" ;; esac
done
printf 'singles: %d of %d named first; pairs: %d of %d with both among three\n' "$singles_right" "$singles" "$pairs_right" "$pairs"
passed=$((singles_right + pairs_right))
failed=$((singles + pairs - passed))
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$singles_right" -eq "$singles" ] && [ $((pairs_right * 100)) -ge $((pairs * 95)) ] && [ "$passed" -gt 0 ]

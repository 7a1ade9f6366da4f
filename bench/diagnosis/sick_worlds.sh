#!/bin/sh
# The score per cause over simulated sick worlds: of those with one fault, how often it is named first; of those with two,
# how often it stands among three. bench/diagnosis/sick_worlds.sh [SEEDS [BUILD]]: 2000 seeds of build/dev by default.
# Each seed gives the same two worlds everywhere. The last line has the speed, which is of that build: dev checks itself.
set -eu
cd "$(dirname "$0")/../.."
seeds=${1:-2000}
build=${2:-build/dev}
[ -f "$build/build.ninja" ] || { echo "$build is not configured: cmake --preset dev"; exit 2; }
log=$(mktemp)
trap 'rm -f "$log"' EXIT
cmake --build "$build" --target diagnosis_sim_score -j2 >"$log" 2>&1 || { tail -n 20 "$log"; exit 2; }
"$build/sim/diagnosis_sim_score" "$seeds"

#!/usr/bin/env bash
# bench/scan/run.sh [PROGRAM] [FOLDER...]: the scan beside ripgrep, which looks for one pattern where the scan looks for every form of a key;
# in one run, warm, two threads each, in turn. Prints the median of the rounds and the ratio (above 1: the scan is faster).
#
#   trees      FOLDERs, by default /usr/include (small files) and /usr, --no-archives, since ripgrep unpacks none
#   long       one file of 1 GiB
#   history    this repository: the scan against `git cat-file --batch` and `git log -p`, both piped to ripgrep
#   one file   from start to end
#
# ripgrep is the Debian package, or the one that RG names. ROUNDS is 5.
set -euo pipefail
program=$(realpath "${1:-build/release/locksmith}")
shift || true
rg=${RG:-rg}
rounds=${ROUNDS:-5}
command -v "$rg" >/dev/null || { echo "bench/scan: ripgrep is not installed (bench_packages in dev/prepare.sh)" >&2; exit 2; }
pattern='sk-ant-(?:api|admin)\d{2}-[A-Za-z0-9_-]{93}AA'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# seconds COMMAND...: how long it took; finding nothing is no error.
seconds() {
  local began ended
  began=$(date +%s%N)
  "$@" >/dev/null 2>&1 || true
  ended=$(date +%s%N)
  echo $((ended - began))
}
median() { sort -n | awk '{v[NR] = $1} END {printf "%.4f", v[int((NR + 1) / 2)] / 1e9}'; }

# beside NAME OURS -- THEIRS NAME_OF_THEM: both in turn, after one of each that only warms.
beside() {
  local name=$1 them=$2 ours=$3 theirs=$4
  seconds bash -c "$ours" >/dev/null
  seconds bash -c "$theirs" >/dev/null
  : >"$work/ours"
  : >"$work/theirs"
  for _ in $(seq "$rounds"); do
    seconds bash -c "$ours" >>"$work/ours"
    seconds bash -c "$theirs" >>"$work/theirs"
  done
  local a b
  a=$(median <"$work/ours")
  b=$(median <"$work/theirs")
  awk -v n="$name" -v t="$them" -v a="$a" -v b="$b" 'BEGIN {printf "%-28s locksmith %8.3f s   %-24s %8.3f s   ratio %.2f\n", n, a, t, b, b / a}'
}

"$rg" --version | sed -n 1p
[ $# -gt 0 ] || set -- /usr/include /usr
for folder in "$@"; do
  beside "$folder" ripgrep "exec $program scan --threads 2 --no-archives $folder" "exec $rg -j2 -uuu -a -o --no-unicode --no-mmap --no-messages '$pattern' $folder"
done
find /usr/include /usr/lib/python3 -type f -print0 | xargs -0 cat 2>/dev/null | head -c 100000000 >"$work/piece" || true  # head ends first
for _ in 1 2 3 4 5 6 7 8 9 10 11; do cat "$work/piece"; done >"$work/long"
rm "$work/piece"
beside "one file of $(($(stat -c %s "$work/long") / 1000000)) MB" ripgrep "exec $program scan --threads 2 $work/long" "exec $rg -j2 -uuu -a -o --no-unicode --no-messages '$pattern' $work/long"
rm "$work/long"
mkdir "$work/none"
git clone -q --bare . "$work/none/r.git"
git -C "$work/none/r.git" repack -q -a -d
beside "history" "git cat-file | ripgrep" "exec $program scan --threads 2 --git $work/none/r.git" "git -C $work/none/r.git cat-file --batch-all-objects --batch --unordered --buffer | $rg -a -o --no-unicode '$pattern'"
beside "history" "git log -p | ripgrep" "exec $program scan --threads 2 --git $work/none/r.git" "git -C $work/none/r.git log -p -U0 --all | $rg -a -o --no-unicode '$pattern'"
echo "ANTHROPIC_API_KEY=" >"$work/small"
beside "one small file" ripgrep "exec $program scan $work/small" "exec $rg -uuu -a -o --no-unicode '$pattern' $work/small"

# How every script of this folder begins: . "$(dirname "$0")/begin.sh", with the program as its first argument. Sets $here, $work (a
# folder that goes with the script) and $LOCKSMITH, whole and exported, and reads case.sh. A script that has more to clean up sets a
# trap of its own afterwards.
here=$(cd "$(dirname "$0")" && pwd)
LOCKSMITH=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
export LOCKSMITH
. "$here/case.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

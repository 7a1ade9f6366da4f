#!/bin/sh
# packages.sh SOURCE_DIR: the packages that HACKING.md names are those that ./check installs (dev/prepare.sh), so that neither list
# misses one. --self-test: a list that lacks one is noticed.
set -eu

# listed FILE: what stands behind "apt-get install" in the first code block, a name a line, sorted.
listed() { sed -n '/apt-get install/,/[^\\]$/p' "$1" | tr ' \\' '\n\n' | grep -Ev '^(|sudo|apt-get|install|-.*)$' | sort -u; }

installed() {
  # shellcheck disable=SC1091 disable=SC2154 # its own file; both variables are set there
  (. "$1/dev/prepare.sh" && printf '%s\n' $build_packages $test_packages) | sort -u
}

differ() { [ "$(listed "$1/HACKING.md")" != "$(installed "$1")" ]; }

if [ "${1:-}" = --self-test ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  mkdir "$work/dev"
  printf 'build_packages="g++ ninja-build"\ntest_packages="curl"\n' >"$work/dev/prepare.sh"
  printf 'sudo apt-get install -y g++ \\\n  ninja-build curl\ncmake\n' >"$work/HACKING.md"
  ! differ "$work" || { echo "equal lists were taken for different ones"; exit 1; }
  printf 'sudo apt-get install -y g++ \\\n  curl\ncmake\n' >"$work/HACKING.md"
  differ "$work" || { echo "a missing package was not noticed"; exit 1; }
  exit 0
fi

differ "$1" || exit 0
listed "$1/HACKING.md" >"${TMPDIR:-/tmp}/listed.$$"
echo "HACKING.md (<) and dev/prepare.sh (>) name different packages:"
installed "$1" | diff "${TMPDIR:-/tmp}/listed.$$" - || true
rm -f "${TMPDIR:-/tmp}/listed.$$"
exit 1

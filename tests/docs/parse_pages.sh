#!/bin/sh
# The sh blocks of the causes' pages are for people to copy: each must at least be valid shell.
#
#   parse_pages.sh FOLDER
set -u
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

blocks_of() { # FILE: its sh blocks, without their indentation
  awk '/^ *```sh$/ { on = 1; next } /^ *```/ { if (on) print ""; on = 0 } on' "$1"
}

# The check itself: a broken block must not pass.
printf '```sh\nif true; then\n```\n' >"$scratch/broken.md"
blocks_of "$scratch/broken.md" >"$scratch/block.sh"
if sh -n "$scratch/block.sh" 2>/dev/null; then
  echo 'a broken block is not noticed'
  exit 1
fi

failures=0
for page in "$1"/*.md; do
  blocks_of "$page" >"$scratch/block.sh"
  if ! sh -n "$scratch/block.sh" 2>"$scratch/why"; then
    printf '%s: %s\n' "$page" "$(cat "$scratch/why")"
    failures=$((failures + 1))
  fi
done
[ "$failures" -eq 0 ]

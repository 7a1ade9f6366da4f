#!/bin/sh
# One case: the source must compile as it is, and must not compile with -DOFFENDING, for the reason it names.
#
#   run_case.sh COMPILER SRC CASE.cc
#
# The source says what the compiler has to complain about: "// expect: one wording | another wording".
set -u
compiler=$1
src=$2
case=$3
flags="-std=c++23 -fsyntax-only -I$src"

if ! out=$("$compiler" $flags "$case" 2>&1); then
  printf '%s must compile without OFFENDING, and does not:\n%s\n' "$case" "$out"
  exit 1
fi
if out=$("$compiler" $flags -DOFFENDING "$case" 2>&1); then
  printf '%s compiles with OFFENDING: what it forbids has become possible.\n' "$case"
  exit 1
fi
# g++ quotes with typographic marks in a UTF-8 locale.
out=$(printf '%s' "$out" | sed "s/‘/'/g; s/’/'/g")
expected=$(sed -n 's|^// expect: ||p' "$case")
if [ -z "$expected" ]; then
  printf '%s has no line "// expect: ...".\n' "$case"
  exit 1
fi
rest=$expected
while :; do
  one=${rest%% | *}
  case $out in *"$one"*) exit 0 ;; esac
  [ "$one" = "$rest" ] && break
  rest=${rest#* | }
done
printf '%s fails to compile, but for another reason than "%s":\n%s\n' "$case" "$expected" "$out"
exit 1

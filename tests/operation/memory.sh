#!/bin/sh
# Under a limit of its memory a gateway refuses new bodies, then new connections, and does not end. Not with the sanitizers, which
# need more addresses than any limit leaves.
#
#   tests/operation/memory.sh build/release/locksmith
pace=0
. "$(dirname "$0")/up.sh"
command -v prlimit >/dev/null 2>&1 || { echo 'SKIPPED: prlimit is missing'; exit 77; }
prlimit --as=2000000000 "$1" version >/dev/null 2>&1 || { echo 'SKIPPED: this program cannot run under a limit (sanitizers)'; exit 77; }
ulimit -n 4096
up "$1"
other=$("$program" keys create --store "sqlite:$work/keys.db" --name other --quiet)
real=$program
for limit in 268435456 400000000 1000000000; do
  program=$work/limited
  printf '#!/bin/sh\nexec prlimit --as=%s "%s" "$@"\n' "$limit" "$real" >"$program"
  chmod +x "$program"
  start_gateway
  grep -o 'request bodies take up to .*' "$work/gateway.err"
  printf '%s\n%s\n' "$key" "$other" | python3 "$here/memory.py" "$gateway_port" "$admin_port" || fail "with $limit bytes"
  kill -0 "$gateway" 2>/dev/null || fail "with $limit bytes it ended"
  program=$real
  kill -TERM "$gateway"
  wait "$gateway" || fail "with $limit bytes it did not end in order"
done
echo 'sheds load and lives'

#!/bin/sh
# A revocation that is told is one that holds: who confirmed it, a store that was exchanged, a damaged row, a disk without space.
#
#   tests/operation/revoke.sh build/dev/locksmith
without_python=yes
. "$(dirname "$0")/up.sh"
up "$1"
unset LOCKSMITH_ADMIN LOCKSMITH_ADMIN_TOKEN LOCKSMITH_STORE LOCKSMITH_CONFIG
store="sqlite:$work/keys.db"

answer() { # KEY: the status
  curl -s -o /dev/null -w '%{http_code}' -H "x-api-key: $1" -H 'anthropic-version: 2023-06-01' "http://127.0.0.1:$gateway_port/v1/models"
}
ready() { curl -s -w ' %{http_code}' "http://127.0.0.1:$admin_port/readyz"; }
create() { "$program" keys create --store "$store" --name "$1" --quiet || fail "no key $1"; }
keys() { # EXIT CODE, WORDS…
  wanted=$1
  shift
  "$program" keys "$@" >"$work/said" 2>&1
  code=$?
  [ "$code" = "$wanted" ] || fail "keys $* ended with $code, not $wanted: $(cat "$work/said")"
}
says() { grep -q -e "$1" "$work/said" || fail "not \"$1\" but: $(cat "$work/said")"; }

# Nobody serves.
create nobody >/dev/null
keys 0 revoke nobody --store "$store"
says 'nobody confirmed it: no gateway serves from this store'
keys 3 resume load --store "$store" --admin 127.0.0.1:1
says 'not confirmed by the gateway on 127.0.0.1:1: nothing answers there'

# One serves, found by its mark, whatever its admin address is; the store may be named by the configuration.
first=$(create first)
second=$(create second)
start_gateway
[ "$(answer "$first")" = 200 ] || fail 'a good key was refused'
keys 0 revoke first --config "$work/locksmith.toml"
says "confirmed by the gateway on 127.0.0.1:$admin_port (2 workers)"
[ "$(answer "$first")" = 401 ] || fail 'a revoked key was served'
keys 0 suspend second --store "$store" --json
says '"confirmed": true'
[ "$(answer "$second")" = 401 ] || fail 'a suspended key was served'
keys 0 resume second --store "$store"
[ "$(answer "$second")" = 200 ] || fail 'a resumed key was refused'

# A damaged row is refused and stops nobody else's revocation.
third=$(create third)
if command -v python3 >/dev/null 2>&1; then
  python3 -c 'import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as store: store.execute("UPDATE keys SET state = ? WHERE name = ?", ("activ", "third"))' "$work/keys.db"
  keys 0 revoke second --store "$store"
  [ "$(answer "$third")" = 401 ] || fail 'a damaged key was served'
  wait_for 'key_damaged' "$work/gateway.err"
  keys 0 list --store "$store"
  says 'is damaged in the store'
  "$program" status --admin "127.0.0.1:$admin_port" >"$work/said"
  says 'damaged: 1 rows'
fi

# A backup takes the place of the store's file: the gateway says so, and no revocation is told as one that holds.
cp "$work/keys.db" "$work/backup.db"
mv "$work/backup.db" "$work/keys.db"
wait_for 'store_replaced' "$work/gateway.err"
[ "$(ready)" = "the store's file was replaced or deleted; restart the gateway
 503" ] || fail "/readyz says: $(ready)"
keys 3 revoke load --store "$store"
says 'is revoked in the store, but not in every gateway: it may still work'
says "not confirmed by the gateway on 127.0.0.1:$admin_port: the store's file was replaced or deleted"
[ "$(answer "$key")" = 200 ] || fail 'the case is not the one that is meant'
kill -KILL "$gateway"
wait "$gateway" 2>/dev/null
keys 0 revoke load --store "$store"
says 'nobody confirmed it'
start_gateway
[ "$(answer "$key")" = 401 ] || fail 'a key that was revoked in the new file was served'
kill -TERM "$gateway"
wait "$gateway" || fail 'the gateway did not end well'
gateway=
set -- "$work"/keys.db-gateway-*
[ "$#" -le 1 ] || fail "marks were left: $*"

# A disk without space, in a namespace of its own: a small one, filled to the last byte, also by what revocations set free.
if [ -z "${inside:-}" ]; then
  unshare -rm true 2>/dev/null || { echo 'full disk SKIPPED: no namespaces here'; exit 0; }
  unshare -rm "$here/full_disk.sh" "$program" || fail 'on a full disk'
fi

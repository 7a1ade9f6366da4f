#!/bin/sh
# On a disk without space every key can be suspended and revoked, with a gateway and without one; nothing is made on it.
# Called by revoke.sh, in a mount namespace of its own.
#
#   unshare -rm tests/operation/full_disk.sh build/dev/locksmith
without_python=yes
. "$(dirname "$0")/up.sh"
up "$1"
disk=$work/disk
end_inside() { end_all 2>/dev/null; umount "$disk" 2>/dev/null; rm -rf "$work"; }
trap end_inside EXIT
mkdir "$disk"
mount -t tmpfs -o size=4m tmpfs "$disk" || exit 77
store="sqlite:$disk/keys.db"
sed -i "s|^store = .*|store = \"$store\"|" "$work/locksmith.toml"
unset LOCKSMITH_ADMIN LOCKSMITH_ADMIN_TOKEN LOCKSMITH_STORE LOCKSMITH_CONFIG

fill() {
  dd if=/dev/zero of="$disk/log" bs=4096 oflag=append conv=notrunc 2>/dev/null
  [ "$(df --output=avail "$disk" | tail -n 1 | tr -d ' ')" = 0 ] || fail 'the disk is not full'
}
answer() {
  curl -s -o /dev/null -w '%{http_code}' -H "x-api-key: $1" -H 'anthropic-version: 2023-06-01' "http://127.0.0.1:$gateway_port/v1/models"
}

number=0
while [ "$number" -lt 12 ]; do
  number=$((number + 1))
  "$program" keys create --store "$store" --name "key$number" --quiet >"$work/key$number" || fail 'no key'
done
fill
"$program" keys create --store "$store" --name more >"$work/said" 2>&1 && fail 'a key was made on a full disk'
grep -q store_full "$work/said" || fail "said: $(cat "$work/said")"
fill

# Without a gateway. What the revocation set free is taken by others before the next.
for number in 1 2 3; do
  "$program" keys revoke "key$number" --store "$store" >"$work/said" 2>&1 || fail "key$number: $(cat "$work/said")"
  fill
done
start_gateway
for number in 4 5 6 7 8; do
  [ "$(answer "$(cat "$work/key$number")")" = 200 ] || fail "key$number was refused before"
  "$program" keys revoke "key$number" --store "$store" >"$work/said" 2>&1 || fail "key$number: $(cat "$work/said")"
  [ "$(answer "$(cat "$work/key$number")")" = 401 ] || fail "key$number still works"
  fill
done
"$program" keys suspend key9 --store "$store" >"$work/said" 2>&1 || fail "key9: $(cat "$work/said")"
[ "$(answer "$(cat "$work/key9")")" = 401 ] || fail 'key9 still works'
[ "$(answer "$(cat "$work/key10")")" = 200 ] || fail 'key10 was refused'
"$program" keys list --store "$store" >"$work/said" 2>&1 || fail "list: $(cat "$work/said")"
[ "$(grep -c revoked "$work/said")" = 8 ] || fail "the list says: $(cat "$work/said")"
echo 'full disk: 8 revocations and a suspension held, 1 creation refused'

#!/bin/sh
# What ./try shows of the gateway: an emulator, a gateway before it, and a key that breaks in several ways; the doctor, pointed
# at the gateway, names each. A line a case: "ok" or "WRONG", what is broken, what was named, separated by tabs.
#
#   tests/operation/show.sh build/release/locksmith
without_python=yes
. "$(dirname "$0")/up.sh"
. "$here/../acceptance/case.sh"
up "$1"
forget_environment
start_gateway
cd "$work" || exit 70
wrong=0
store=sqlite:$work/keys.db

# look SHOWS KEY WANTED
look() {
  ANTHROPIC_BASE_URL=http://127.0.0.1:$gateway_port ANTHROPIC_API_KEY=$2 timeout 30 "$program" --json doctor >"$work/doctor.json" 2>/dev/null
  got=$(first_code "$work/doctor.json")
  mark=ok
  [ "$got" = "$3" ] || { mark=WRONG wrong=$((wrong + 1)); }
  printf '%s\t%s\t%s\n' "$mark" "$1" "$got"
}

expired=$("$program" keys create --store "$store" --name short --expires 1s --quiet)
look 'nothing: a virtual key at the gateway' "$key" healthy
look 'the real key was sent to the gateway' "$(api_key 1)" key_wrong_kind
sleep 1
look 'the virtual key has passed its end' "$expired" gateway_refusal.key_expired
revoked=$("$program" keys create --store "$store" --name gone --quiet)
"$program" keys revoke --store "$store" gone >/dev/null
sleep 0.2
look 'the virtual key was revoked a moment ago' "$revoked" gateway_refusal.key_revoked
kill "$emulator"
wait "$emulator" 2>/dev/null
"$program" emulate --listen "127.0.0.1:$emulator_port" --fault key-invalid 2>"$work/emulator.err" &
emulator=$!
wait_for 'ready on' "$work/emulator.err"
look "the gateway's own key was deleted at the API" "$key" key_revoked_or_invalid
exit "$wrong"

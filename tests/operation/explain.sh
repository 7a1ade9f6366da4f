#!/bin/sh
# What `locksmith explain ID` and `locksmith status` say of failures that really happened, the gateway's own and the API's.
#
#   tests/operation/explain.sh build/dev/locksmith
. "$(dirname "$0")/up.sh"
up "$1"
start_gateway
admin=127.0.0.1:$admin_port

cat >"$work/ask.py" <<'END'
import http.client, sys
port, key = int(sys.argv[1]), sys.stdin.readline().strip()
connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
connection.request("GET", "/v1/models", headers={"x-api-key": key, "anthropic-version": "2023-06-01"})
answer = connection.getresponse()
answer.read()
print(answer.status, answer.getheader("x-locksmith-cause"), answer.getheader("x-locksmith-id"))
END
ask() { printf '%s\n' "$1" | python3 "$work/ask.py" "$gateway_port"; }
has() { grep -q -e "$1" "$2" || fail "no \"$1\" in: $(cat "$2")"; }

ask "$key" >"$work/answer"
has '^200 ' "$work/answer"
"$program" status --admin "$admin" >"$work/status" || fail "status of a ready gateway: $(cat "$work/status")"
has '^ready, since' "$work/status"
has 'keys: 1 active' "$work/status"
has 'main  *in use' "$work/status"

# The gateway's own refusal: a key that was revoked. The gateway learns of it within 50 ms.
"$program" keys revoke --store "sqlite:$work/keys.db" load >/dev/null || fail 'not revoked'
sleep 0.3
ask "$key" >"$work/answer"
has '^401 gateway_refusal.key_revoked lkf_' "$work/answer"
id=$(sed 's/.* //' "$work/answer")
"$program" explain "$id" --admin "$admin" >"$work/explained" || fail "explain: $(cat "$work/explained")"
has 'the gateway itself refused it' "$work/explained"
has 'gateway_refusal.key_revoked' "$work/explained"
has 'key_revoked *$' "$work/explained"
has 'Fix .*keys create' "$work/explained"
"$program" --json explain "$id" --admin "$admin" >"$work/explained" || fail 'explain --json'
has '"layer": *"gateway"' "$work/explained"

# The API's refusal: its key is no longer good there. The gateway names the credential, and lets it rest.
second=$("$program" keys create --store "sqlite:$work/keys.db" --name second --quiet)
kill "$emulator"
wait "$emulator" 2>/dev/null
"$program" emulate --listen "127.0.0.1:$emulator_port" --fault key-invalid 2>"$work/emulator.err" &
emulator=$!
wait_for 'ready on' "$work/emulator.err"
ask "$second" >"$work/answer"
"$program" status --admin "$admin" >"$work/status" || fail 'status'
has 'main  *refused, in use   because' "$work/status" # seen once, it is shown; it rests when a second request confirms it
for again in 1 2; do ask "$second" >"$work/answer"; done # of two workers, one has then been asked twice
ask "$second" >"$work/answer"
has '^401 key_revoked_or_invalid' "$work/answer"
id=$(sed 's/.* //' "$work/answer")
"$program" explain "$id" --admin "$admin" >"$work/explained" || fail "explain: $(cat "$work/explained")"
has 'the API answered so' "$work/explained"
has 'Credential *main' "$work/explained"
"$program" --json status --admin "$admin" >"$work/status" || fail 'status --json'
has '"state": *"resting"' "$work/status"
has '"revoked": *1' "$work/status"
has '"no_credential": *"the only credential, main, was refused: key_revoked_or_invalid' "$work/status"
has "\"last_id\": *\"$id\"" "$work/status"
"$program" status --admin "$admin" >"$work/status" || fail 'status'
has '^ready, but no request can succeed: the only credential, main, was refused' "$work/status"
has 'main  *refused, rests [0-9]* s more   because of: key_revoked_or_invalid' "$work/status"

# What is asked for in vain is said so.
"$program" explain lkf_nothing --admin "$admin" 2>"$work/said" && fail 'an unknown id was explained'
has 'failure_unknown' "$work/said"
"$program" status --admin "127.0.0.1:$emulator_port" 2>"$work/said" >/dev/null && fail 'the emulator was taken for a gateway'
has 'gateway_answer_foreign' "$work/said"
"$program" status --admin 127.0.0.1:1 2>"$work/said" && fail 'nobody has a status'
has 'gateway_not_reached' "$work/said"
echo "explain and status: as it happened"

# The doctor, pointed at the gateway, names the gateway's own refusal by the gateway's word.
ANTHROPIC_BASE_URL=http://127.0.0.1:$gateway_port ANTHROPIC_API_KEY=$key timeout 60 "$program" --json doctor >"$work/doctor" 2>/dev/null
python3 - "$work/doctor" <<'END' || fail 'the doctor did not name what the gateway names'
import json, sys
first = json.load(open(sys.argv[1]))["findings"][0]
print("doctor at the gateway:", first["code"], "-", first["for"][0]["because"])
sys.exit(0 if first["code"] == "gateway_refusal.key_revoked" and first["certainty"] == "certain" and "gateway itself" in first["for"][0]["because"] else 1)
END

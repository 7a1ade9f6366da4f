#!/bin/sh
# Who may ask the admin address, and whether strangers can keep operators out of it: callers who loop, callers who hold connections and
# say nothing, a web page by DNS rebinding, other machines.
#
#   tests/operation/operators.sh build/dev/locksmith
. "$(dirname "$0")/up.sh"
command -v openssl >/dev/null 2>&1 || { echo "SKIPPED: openssl is missing"; exit 77; }
up "$1"

# ask PORT PATH [FIELD...]: the status; the body in $work/answer.
ask() {
  port=$1 path=$2
  shift 2
  for field in "$@"; do set -- "$@" -H "$field"; shift; done
  curl -s -m 5 -o "$work/answer" -w '%{http_code}' "$@" "http://127.0.0.1:$port$path"
}

# Every request of a loop is a connection of its own; some say nothing at all. A probe is answered within a second, every time.
start_gateway
python3 "$here/crowd.py" "$admin_port" || fail 'the probes were kept out'

[ "$(ask "$admin_port" /status 'Host: evil.example')" = 421 ] || fail 'a name that is not its own was answered'
grep -q '"workers"' "$work/answer" && fail 'and told its status'
[ "$(ask "$admin_port" /status 'Host: localhost:1')" = 200 ] || fail 'localhost is not its name'
[ "$(ask "$admin_port" /status 'Host: gateway.internal')" = 421 ] || fail 'a name that nobody gave it was answered'
kill -TERM "$gateway" && wait "$gateway"

# With a name and a token of its own.
(umask 077 && printf 'operators-made-up-token\n' >"$work/token")
start_gateway --admin-names gateway.internal --admin-token-file "$work/token"
[ "$(ask "$admin_port" /readyz 'Host: gateway.internal')" = 200 ] || fail 'its own name was not answered'
[ "$(ask "$admin_port" /metrics)" = 401 ] || fail 'metrics without a token'
[ "$(ask "$admin_port" /metrics 'Authorization: Bearer operators-made-up-token')" = 200 ] || fail 'metrics with the token'
"$program" status --admin "127.0.0.1:$admin_port" >"$work/out" 2>&1 && fail 'status without a token'
grep -q admin_token_wanted "$work/out" || fail 'status does not say that it wants a token'
LOCKSMITH_ADMIN_TOKEN=operators-made-up-token "$program" status --admin "127.0.0.1:$admin_port" >"$work/out" 2>&1 || fail 'status with the token'
kill -TERM "$gateway" && wait "$gateway"

# Beyond this machine: with TLS and a token, and not without either.
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
  -keyout "$work/tls.key" -out "$work/tls.pem" 2>/dev/null || fail 'no certificate'
refused() {
  "$program" serve --config "$work/locksmith.toml" --admin 0.0.0.0:0 "$@" >"$work/out" 2>&1 && fail "it listens for everybody with $*"
  grep -q listening_unprotected "$work/out" || fail "another reason: $(cat "$work/out")"
}
refused
refused --admin-token-file "$work/token"
refused --tls-cert "$work/tls.pem" --tls-key "$work/tls.key"
refused --check
"$program" serve --config "$work/locksmith.toml" --admin 0.0.0.0:0 --admin-token-file "$work/token" --tls-cert "$work/tls.pem" \
  --tls-key "$work/tls.key" 2>"$work/gateway.err" &
gateway=$!
wait_for 'admin on https' "$work/gateway.err"
admin_port=$(sed -n 's/.*admin on https:\/\/0.0.0.0:\([0-9]*\),.*/\1/p' "$work/gateway.err")
export SSL_CERT_FILE="$work/tls.pem"
LOCKSMITH_ADMIN_TOKEN=operators-made-up-token "$program" status --admin "https://localhost:$admin_port" >"$work/out" 2>&1 || fail "status over TLS: $(cat "$work/out")"
"$program" status --admin "https://localhost:$admin_port" >"$work/out" 2>&1 && fail 'status over TLS without a token'
echo 'operators: answered among callers who loop, hold and rebind; beyond this machine with TLS and a token only'

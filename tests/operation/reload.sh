#!/bin/sh
# SIGHUP under load: three good files are taken and thirty bad ones are not, without one failed request or cut stream; a
# renewed certificate is served, a bad pair is not.
#
#   tests/operation/reload.sh build/dev/locksmith
. "$(dirname "$0")/up.sh"
up "$1"
start_gateway

reload() { # WANTED WORDS
  before=$(wc -c <"$work/gateway.err")
  kill -HUP "$gateway"
  tries=0
  until tail -c "+$((before + 1))" "$work/gateway.err" | grep -q -e 'serve: reloaded' -e 'old settings stay'; do
    tries=$((tries + 1))
    [ "$tries" -lt 2000 ] || fail "no answer to SIGHUP"
    sleep 0.05
  done
  tail -c "+$((before + 1))" "$work/gateway.err" >"$work/said"
  grep -q -e "$1" "$work/said" || fail "after SIGHUP, not \"$1\" but: $(cat "$work/said")"
}

printf '%s\n' "$key" | python3 "$here/load.py" "$gateway_port" "$work/stop" >"$work/load.out" 2>&1 &
load=$!
sleep 1
for limit in 100001 100002 100003; do
  write_configuration "requests_per_minute = $limit"
  reload 'serve: reloaded'
  sleep 0.5
done

# Thirty files that are not taken. Each says why, with its line; what serves stays as it was.
number=0
while IFS= read -r bad; do
  number=$((number + 1))
  write_configuration "$bad"
  reload 'locksmith.toml:'
  grep -q 'old settings stay' "$work/said" || fail "taken: $bad"
done <<'END'
lisen = "127.0.0.1:1"
workers = "2"
workers = -1
workers = 2.5
workers = 999
workers =
worker = 1
requests_per_minute = "many"
requests_per_minute = -5
concurrent_requests = 1.5
spend_usd = "12"
spend_usd = -0.5
spend_usd = nan
models = "claude"
models = [1]
models = [""]
first_byte = 30
first_byte = "30"
first_byte = "0s"
silence = "soon"
drain = "9d"
tls_cert = "c.pem"
tls_key = "k.pem"
upstream_ca = 3
upstream_ca = "a
upstream = "twice"
log = ["a"]
[credentials]
[[credential]]
= 1
END
[ "$number" -eq 30 ] || fail "$number bad files, not 30"
write_configuration 'log = "twice"'
reload 'old settings stay'
chmod 644 "$work/api-key"
write_configuration ''
reload 'credential_file_exposed'
chmod 600 "$work/api-key"
cp -p "$work/api-key" "$work/api-key.good"
: >"$work/api-key"
reload 'credential_unusable'
cp -p "$work/api-key.good" "$work/api-key"
rm "$work/locksmith.toml"
reload 'configuration_unreadable'
write_configuration 'workers = 2'
write_configuration 'requests_per_minute = 100004'
reload 'serve: reloaded'

# A rotated log: what is written after SIGHUP goes to the new file.
mv "$work/requests.log" "$work/requests.log.1"
reload 'serve: reloaded'
sleep 1
[ -s "$work/requests.log" ] || fail 'the log was not opened anew'

touch "$work/stop"
wait "$load" || fail "$(cat "$work/load.out")"
load=
cat "$work/load.out"
kill -TERM "$gateway"
wait "$gateway" || fail 'the gateway did not end well'
gateway=

# --- Certificates
command -v openssl >/dev/null 2>&1 || { echo "certificates SKIPPED: openssl is missing"; exit 0; }
issue() { # COMMON NAME
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=$1" \
    -keyout "$work/tls.key" -out "$work/tls.pem" 2>/dev/null || fail 'openssl made no certificate'
}
served() {
  openssl s_client -connect "127.0.0.1:$gateway_port" </dev/null 2>/dev/null | sed -n 's/^subject=CN *= *//p'
}
issue first
write_configuration "tls_cert = \"$work/tls.pem\"
tls_key = \"$work/tls.key\""
start_gateway
[ "$(served)" = first ] || fail "not the first certificate: $(served)"
issue second
reload 'serve: reloaded'
sleep 0.2
[ "$(served)" = second ] || fail "not the renewed certificate: $(served)"
cp "$work/tls.pem" "$work/good.pem"
issue third
cp "$work/good.pem" "$work/tls.pem"
reload 'certificate_unreadable'
[ "$(served)" = second ] || fail 'a bad pair was taken'
printf 'nothing\n' >"$work/tls.pem"
reload 'certificate_unreadable'
[ "$(served)" = second ] || fail 'a file that is no certificate was taken'
echo "certificates: renewed, and two bad pairs refused"

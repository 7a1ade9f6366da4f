#!/bin/sh
# The curl commands of the causes' pages, run for real: against `locksmith emulate` in the API's place, with a made-up key.
# Each block must reach it with at least one request, and none may be refused as malformed by the shell or by curl.
#
#   LOCKSMITH=build/dev/locksmith tests/docs/run_pages.sh docs/causes
set -u
: "${LOCKSMITH:?must name the program to run}"
pages=$1
scratch=$(mktemp -d) || exit 1
emulator=''
trap '[ -n "$emulator" ] && kill "$emulator" 2>/dev/null; rm -rf "$scratch"' EXIT

command -v curl >/dev/null || { echo 'curl is not installed'; exit 77; }
model=$(sed -n 's/^ *{"id": "\(claude-[a-z0-9-]*\)".*"lifecycle": "active".*/\1/p' "$pages/../../data/models.json" | head -n 1)
[ -n "$model" ] || { echo 'data/models.json names no active model'; exit 1; }

"$LOCKSMITH" emulate --listen 127.0.0.1:0 --port-file "$scratch/port" --verbose 2>"$scratch/requests" &
emulator=$!
waited=0
while [ ! -s "$scratch/port" ]; do
  waited=$((waited + 1))
  [ "$waited" -gt 100 ] && { echo 'the emulator did not come up in ten seconds'; exit 1; }
  sleep 0.1
done
api=http://127.0.0.1:$(cat "$scratch/port")

# Put together from parts: the shape of a key, and no key.
ANTHROPIC_API_KEY=sk-ant-api03-$(head -c 93 /dev/zero | tr '\0' 'q')AA
export ANTHROPIC_API_KEY
unset ANTHROPIC_AUTH_TOKEN ANTHROPIC_BASE_URL http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY
HOME=$scratch
export HOME

failures=0
ran=0
for page in "$pages"/*.md; do
  name=$(basename "$page" .md)
  case $name in
    gateway_bug) continue ;;   # asks for the names of two files
    tls_interception_or_ca) continue ;; # speaks TLS, not HTTP
  esac
  rm -f "$scratch"/block.*
  awk -v out="$scratch/block." '/^ *```sh$/ { on = 1; n++; next } /^ *```/ { on = 0 } on { print > (out n) }' "$page"
  for block in "$scratch"/block.*; do
    [ -f "$block" ] || continue
    grep -q 'curl' "$block" && grep -q 'api\.anthropic\.com' "$block" || continue
    sed "s#https*://api\.anthropic\.com#$api#g; s#\"model\":\"MODEL\"#\"model\":\"$model\"#; s#MODEL_A MODEL_B#$model $model#" \
      "$block" >"$scratch/run.sh"
    before=$(wc -l <"$scratch/requests")
    (cd "$scratch" && timeout 30 sh run.sh </dev/null >out.log 2>&1)
    after=$(wc -l <"$scratch/requests")
    ran=$((ran + 1))
    if [ "$after" -le "$before" ]; then
      printf '%s: this block reaches nobody:\n' "$name"
      sed 's/^/    /' "$block" "$scratch/out.log"
      failures=$((failures + 1))
    elif grep -E 'syntax error|curl: \((1|2|3|22|26)\)|invalid_request_error.*JSON' "$scratch/out.log"; then
      printf '%s: the block above is not in order\n' "$name"
      failures=$((failures + 1))
    fi
  done
done
if [ "$ran" -lt 15 ]; then
  printf 'only %s blocks were found: the pages are not read rightly\n' "$ran"
  exit 1
fi
[ "$failures" -eq 0 ]

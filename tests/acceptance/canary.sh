#!/bin/sh
# No secret leaves: unique secrets in every place that the doctor and the emulator read, then a search through everything
# that was written. tests/acceptance/canary.sh PROGRAM
set -u
. "$(dirname "$0")/begin.sh"
trap 'kill "$emulator" 2>/dev/null; rm -rf "$work"' EXIT INT TERM
forget_environment

planted=0
# canary N: 44 characters that occur nowhere else; each place gets its own number.
canary() { printf 'CaNaRy%02dqZxWvUtSrQpOnMlKjIhGfEdCbA9876543210' "$1"; }
whole_key() { printf 'sk-ant-api03-%s%s' "$(canary "$1")" "$(printf '%049dAA' 0)"; }
virtual_key() { printf 'lks_%sAb3dE' "$(canary "$1")"; }
plant() { planted=$((planted + 1)); }

HOME="$work/home"
mkdir -p "$HOME/.claude" "$HOME/.config/anthropic/credentials" "$work/here/.claude"
export HOME
cd "$work/here" || exit 70

give ANTHROPIC_AUTH_TOKEN "$(whole_key 1)" && plant
give CLAUDE_CODE_OAUTH_TOKEN "sk-ant-oat01-$(canary 2)$(printf '%049dAA' 0)" && plant
give CLAUDE_API_KEY "$(canary 3)" && plant
give http_proxy "http://user:$(canary 4)@127.0.0.1:1" && plant
give ANTHROPIC_CUSTOM_HEADERS "x-api-key: $(canary 5)" && plant
printf 'ANTHROPIC_API_KEY=%s\n' "$(whole_key 6)" >.env && plant
printf '{"env":{"ANTHROPIC_API_KEY":"%s"},"apiKeyHelper":"echo %s"}' "$(whole_key 7)" "$(canary 8)" >"$HOME/.claude/settings.json" && plant && plant
printf '{"env":{"ANTHROPIC_AUTH_TOKEN":"%s"}}' "$(canary 9)" >.claude/settings.local.json && plant
printf '{"claudeAiOauth":{"accessToken":"sk-ant-oat01-%s","refreshToken":"sk-ant-ort01-%s","scopes":["user:inference"]}}' "$(canary 10)" "$(canary 11)" \
  >"$HOME/.claude/.credentials.json" && plant && plant
printf '{"primaryApiKey":"%s","oauthAccount":{"x":"%s"}}' "$(whole_key 12)" "$(canary 13)" >"$HOME/.claude.json" && plant && plant
printf 'export ANTHROPIC_API_KEY="%s"\n' "$(whole_key 14)" >"$HOME/.bashrc" && plant
printf '{"access_token":"sk-ant-oat01-%s","refresh_token":"%s"}' "$(canary 15)" "$(canary 16)" >"$HOME/.config/anthropic/credentials/default.json" &&
  chmod 600 "$HOME/.config/anthropic/credentials/default.json" && plant && plant
printf '{not json %s' "$(canary 17)" >"$work/broken.json" && plant
printf '{"id":"x","error":{"text":"key %s and Authorization: Bearer %s"},"request":{"headers":{"x-api-key":"%s"}}}\n' \
  "$(whole_key 18)" "$(canary 19)" "$(whole_key 20)" >"$work/evidence.json" && plant && plant && plant

"$LOCKSMITH" emulate --listen 127.0.0.1:0 --port-file "$work/port" --verbose >"$work/out.emulator" 2>"$work/err.emulator" &
emulator=$!
while [ ! -s "$work/port" ]; do sleep 0.05; done
give ANTHROPIC_BASE_URL "http://127.0.0.1:$(cat "$work/port")"

number=0
run() {
  number=$((number + 1))
  "$LOCKSMITH" "$@" >"$work/out.$number" 2>"$work/err.$number"
}
for client in claude-code sdk-typescript-0 sdk-typescript-1 sdk-python curl; do
  run doctor --as "$client"
  run doctor --as "$client" --json
  run doctor --as "$client" --json --offline
  (unset http_proxy && "$LOCKSMITH" doctor --as "$client" --deep --json >"$work/out.deep.$client" 2>"$work/err.deep.$client")
done
(give ANTHROPIC_API_KEY "$(canary 21)$newline" && "$LOCKSMITH" doctor --json >"$work/out.newline" 2>&1) && plant
plant
run doctor
run diagnose "$work/broken.json"
run diagnose "$work/evidence.json"
run diagnose --json "$work/evidence.json"
run diagnose --jsonl "$work/evidence.json"
run diagnose --error "it failed: x-api-key: $(canary 22) and sk-ant-$(canary 23)"
plant && plant
run diagnose --json --error "curl -H 'Authorization: Bearer $(canary 24)'"
plant
run diagnose --json --error "401 for $(whole_key 26 | sed 's/.\{40\}/&\
      /g') as a terminal wrapped it"
plant
run diagnose --json --error "401 for https://h/?k=$(whole_key 27 | sed 's/-/%2D/g') and $(whole_key 28 | sed 's/-/\\u002d/g')"
plant && plant
run explain "$(canary 25)"
plant
run diagnose --json --error "401 for $(virtual_key 29)"
plant
printf '2026-11-26T10:00:00Z ERROR anthropic: 401 authentication_error for %s\n' "$(virtual_key 30)" >"$work/app.log" && plant
run diagnose --log --json "$work/app.log"
run report --error "401 for $(virtual_key 31)"
plant
run diagnose --json --curl "curl https://h.example/?k=$(virtual_key 32) -H 'x-note: $(virtual_key 33)'"
plant && plant
run diagnose --json --error "401 for Bearer $(canary 35), ('x-api-key', '$(canary 36)') and $(whole_key 37 | sed 's/-/–/g')"
plant && plant && plant
(give ANTHROPIC_BASE_URL "http://127.0.0.1:$(cat "$work/port")/$(virtual_key 34)" &&
  "$LOCKSMITH" doctor --json >"$work/out.base" 2>"$work/err.base")
plant
kill "$emulator" && wait "$emulator" 2>/dev/null

written=$(find "$work" -maxdepth 1 -name 'out.*' -o -maxdepth 1 -name 'err.*' | wc -l)
leaks=$(grep -l 'CaNaRy' "$work"/out.* "$work"/err.* 2>/dev/null)
# A canary in pieces would be as bad: any 12 characters of its body.
pieces=$(grep -lE 'qZxWvUtSrQpO|nMlKjIhGfEdC|bA9876543210' "$work"/out.* "$work"/err.* 2>/dev/null)
if [ -n "$leaks$pieces" ]; then
  printf 'a planted secret came out in:\n'
  for file in $leaks $pieces; do
    printf '  %s: ' "$(basename "$file")"
    grep -m 1 -ohE '.{0,60}(CaNaRy|qZxWvUtSrQpO|nMlKjIhGfEdC|bA9876543210)' "$file" | head -n 1
  done
  exit 1
fi
# The search itself must be able to find: the planted files do hold them.
grep -q CaNaRy .env || exit 70
printf '%d secrets planted, %d outputs searched: none came out\n' "$planted" "$written"

# Sourced: an emulator and a gateway in front of it, in an empty folder. POSIX sh.
#
#   up PROGRAM            sets $work, $program, $gateway_port, $admin_port, $gateway (its pid), $key; ends all of it on exit
set -u
[ -n "${without_python:-}" ] || command -v python3 >/dev/null 2>&1 || { echo "SKIPPED: python3 is missing"; exit 77; }
here=$(cd "$(dirname "$0")" && pwd)

fail() {
  printf 'FAILED: %s\n' "$*"
  [ -f "$work/gateway.err" ] && tail -n 20 "$work/gateway.err"
  exit 1
}

# wait_for WORDS FILE: the line may take a moment.
wait_for() {
  tries=0
  until grep -q "$1" "$2" 2>/dev/null; do
    tries=$((tries + 1))
    [ "$tries" -lt 2000 ] || fail "\"$1\" did not come in $2"
    sleep 0.05
  done
}

end_all() {
  for pid in ${gateway:-} ${emulator:-} ${load:-}; do kill -KILL "$pid" 2>/dev/null; done
  rm -rf "$work"
}

start_gateway() { # [ARGUMENT...]
  : >"$work/gateway.err"  # emptied here: the shell in the background may come to it only after the first look
  "$program" serve --config "$work/locksmith.toml" "$@" >"$work/gateway.out" 2>"$work/gateway.err" &
  gateway=$!
  wait_for 'ready on' "$work/gateway.err"
  gateway_port=$(sed -n 's/.*ready on https*:\/\/127.0.0.1:\([0-9]*\),.*/\1/p' "$work/gateway.err")
  admin_port=$(sed -n 's/.*admin on http:\/\/127.0.0.1:\([0-9]*\),.*/\1/p' "$work/gateway.err")
}

write_configuration() { # MORE LINES
  cat >"$work/locksmith.toml" <<END
listen = "127.0.0.1:0"
admin = "127.0.0.1:0"
upstream = "http://127.0.0.1:$emulator_port"
store = "sqlite:$work/keys.db"
log = "$work/requests.log"
workers = 2
$1

[[credentials]]
name = "main"
file = "$work/api-key"
END
}

up() {
  program=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
  work=$(mktemp -d)
  trap end_all EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  unset ANTHROPIC_API_KEY ANTHROPIC_AUTH_TOKEN ANTHROPIC_BASE_URL NOTIFY_SOCKET
  HOME=$work
  export HOME
  "$program" emulate --listen 127.0.0.1:0 --port-file "$work/port" --pace-ms "${pace:-20}" 2>"$work/emulator.err" &
  emulator=$!
  wait_for 'ready on' "$work/emulator.err"
  emulator_port=$(cat "$work/port")
  (umask 077 && printf 'sk-ant-%s%sAA\n' api03- "$(printf '%093d' 0 | tr 0 e)" >"$work/api-key")
  write_configuration ''
  key=$("$program" keys create --store "sqlite:$work/keys.db" --name load --quiet) || fail 'no key'
}

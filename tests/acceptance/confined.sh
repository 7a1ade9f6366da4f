#!/bin/sh
# Where the doctor may see little: a plain user, no /proc, no network, a read-only home, a bare root. It says what it could
# not see, and goes on. Root makes the places: tests/acceptance/confined.sh PROGRAM. Exit code 77: they cannot be made here.
set -u
. "$(dirname "$0")/begin.sh"
skip() {
  printf 'SKIPPED, nothing was tested: %s\n' "$1"
  exit 77
}
[ "$(id -u)" -eq 0 ] || skip "the places that are looked at from inside are made by root"
unshare --mount --net true 2>/dev/null || skip "unshare --mount --net is not allowed here"
command -v setpriv >/dev/null || skip "setpriv is not installed"

emulator=
trap '[ -z "$emulator" ] || kill "$emulator" 2>/dev/null; rm -rf "$work"' EXIT INT TERM
chmod 755 "$work"
cp "$LOCKSMITH" "$work/locksmith" && LOCKSMITH=$work/locksmith # a build beside this run must not pull it away
forget_environment
HOME="$work/home"
export HOME LOCKSMITH
mkdir -p "$HOME/.claude" "$work/app"
chmod 755 "$HOME" "$HOME/.claude" "$work/app"
cd "$work/app" || exit 70
passed=0 failed=0

"$LOCKSMITH" emulate --listen 127.0.0.1:0 --port-file "$work/port" 2>"$work/emulator.log" &
emulator=$!
while [ ! -s "$work/port" ]; do sleep 0.05; done
give ANTHROPIC_API_KEY "$(api_key 1111)"
give ANTHROPIC_BASE_URL "http://127.0.0.1:$(cat "$work/port")"
out=$work/out

# in_place WHAT EXIT COMMAND...: the place runs the doctor; the exit code must be this one.
in_place() {
  what=$1 wanted=$2
  shift 2
  "$@" >"$out" 2>&1 </dev/null
  code=$?
  check "exit code $wanted, not $code" [ "$code" -eq "$wanted" ]
  check "no defect of its own" sh -c '! grep -qE "unexpected error|assert|Sanitizer" "$1"' - "$out"
}
check() {
  why=$1
  shift
  if "$@"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf '%s: wanted: %s; it wrote:\n' "$what" "$why"
    sed 's/^/  | /' "$out"
  fi
}
says() { check "$1" sh -c 'tr -s "\n " " " <"$1" | grep -qF -- "$2"' - "$out" "$1"; }
plain() { setpriv --reuid 65534 --regid 65534 --clear-groups -- "$@"; }
without_proc() { unshare --mount sh -c 'mount -t tmpfs none /proc && exec "$@"' - "$@"; }

in_place "as root, nothing taken away" 0 "$LOCKSMITH" doctor
says 'works: '

# --- a plain user
printf '{"env":{}}' >"$HOME/.claude/settings.json"
chmod 600 "$HOME/.claude/settings.json"
in_place "a plain user, a settings file of somebody else" 0 plain "$LOCKSMITH" doctor --as claude-code
says '~/.claude/settings.json'
says 'permission denied'
chmod 700 "$HOME"
in_place "a plain user, a home of somebody else" 0 plain "$LOCKSMITH" doctor --as claude-code
says 'permission denied'
in_place "a plain user, a process of somebody else" 2 plain "$LOCKSMITH" doctor --pid "$$"
says '[process_unreadable]'
in_place "the same for machines" 2 plain "$LOCKSMITH" doctor --json --pid "$$"
says '"code":"process_unreadable"'
chmod 755 "$HOME"
rm "$HOME/.claude/settings.json"
in_place "a plain user, a report where they may not write" 2 plain "$LOCKSMITH" doctor --report "$HOME/report.md"
says '[report_not_written]'
says 'works: '
in_place "the same for machines: one document all the same" 2 plain sh -c '"$LOCKSMITH" doctor --json --report "$HOME/report.md" 2>"/dev/null"'
check "one JSON document" [ "$(grep -c '^{' "$out")" -eq 1 ]

# --- no /proc
in_place "without /proc" 0 without_proc "$LOCKSMITH" doctor
says 'works: '
in_place "without /proc, a process" 2 without_proc "$LOCKSMITH" doctor --pid 1
says '[proc_not_mounted]'

# --- no network
no_network() { unshare --net "$@"; }
in_place "without any network" 1 no_network env -u ANTHROPIC_BASE_URL "$LOCKSMITH" doctor
says 'dns_or_connectivity'
says 'No network interface is up'
in_place "without any network, offline" 3 no_network "$LOCKSMITH" doctor --offline
says 'unknown: whether the API accepts the credential'
in_place "only loopback, which answers" 1 unshare --net sh -c 'ip link set lo up 2>/dev/null; exec "$LOCKSMITH" doctor'
says 'ECONNREFUSED'

# --- a home that cannot be written, is not there, is not set; a folder that is gone
in_place "a read-only home" 0 unshare --mount sh -c 'mount --bind "$HOME" "$HOME" && mount -o remount,ro,bind "$HOME" && exec "$LOCKSMITH" doctor --as claude-code'
says 'works: '
in_place "a report into a read-only home" 2 unshare --mount sh -c 'mount --bind "$HOME" "$HOME" && mount -o remount,ro,bind "$HOME" && exec "$LOCKSMITH" doctor --report "$HOME/report.md"'
says 'Read-only file system'
in_place "a home that is not there" 0 env HOME=/nonexistent "$LOCKSMITH" doctor
says 'The home folder is not there'
in_place "no home at all" 0 env -u HOME "$LOCKSMITH" doctor
says 'HOME is not set'
mkdir "$work/gone"
in_place "a working directory that was deleted" 0 sh -c 'cd "$0/gone" && rmdir "$0/gone" && exec "$LOCKSMITH" doctor' "$work"
says 'The working directory is gone'

# --- a root with nothing but the program and its libraries: a container made from scratch
bare=$work/bare
mkdir -p "$bare"
ldd "$LOCKSMITH" | grep -oE '/[^ ]+' | while read -r library; do
  mkdir -p "$bare$(dirname "$library")" && cp -L "$library" "$bare$library"
done
cp "$LOCKSMITH" "$bare/locksmith"
in_place "a bare root" 0 env HOME=/ chroot "$bare" /locksmith doctor
says 'works: '
in_place "a bare root, a name, no resolver set up, no certificates" 1 unshare --net env HOME=/ ANTHROPIC_BASE_URL=https://api.anthropic.com chroot "$bare" /locksmith doctor
says 'dns_or_connectivity'
says '/etc/resolv.conf'
says 'No certificate store'

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]

#!/bin/sh
# What the doctor says a client would send, against what the client sends: run.sh PATH-TO-LOCKSMITH [claude]. Called by ctest.
# With "claude" the client is the real Claude Code, which is also asked about the emulator; else both majors of the SDK.
# Exit code 77 (skipped): there is no node or npm, or the packages are neither here nor to be had.
set -eu
LOCKSMITH=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
client=${2:-sdk}
export LOCKSMITH
cd "$(dirname "$0")"
command -v node >/dev/null && command -v npm >/dev/null || { echo "node and npm are needed"; exit 77; }

packages_of() {  # FOLDER: fetched once; the copy of the lock file says what they were fetched for
  cd "$1"
  if ! cmp -s package-lock.json node_modules/.installed-for; then
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error || { echo "npm ci failed: no network?"; exit 77; }
    cp package-lock.json node_modules/.installed-for
  fi
  cd - >/dev/null
}

packages_of ../sdk
[ "$client" = claude ] || exec node --test --test-reporter=spec clients.test.mjs verdicts.test.mjs
packages_of claude
command -v openssl >/dev/null || { echo "openssl is needed"; exit 77; }
exec node --test --test-concurrency=1 --test-reporter=spec claude/*.test.mjs

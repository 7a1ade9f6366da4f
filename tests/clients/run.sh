#!/bin/sh
# What the doctor says a client would send, against what the client sends: run.sh PATH-TO-LOCKSMITH. Called by ctest.
# Exit code 77 (skipped): there is no node or npm, or the packages are neither here nor to be had.
set -eu
LOCKSMITH=$1
export LOCKSMITH
cd "$(dirname "$0")"
command -v node >/dev/null && command -v npm >/dev/null || { echo "node and npm are needed"; exit 77; }

# The packages are those of tests/sdk.
cd ../sdk
if ! cmp -s package-lock.json node_modules/.installed-for; then
  npm ci --no-audit --no-fund --loglevel=error || { echo "npm ci failed: no network?"; exit 77; }
  cp package-lock.json node_modules/.installed-for
fi
cd ../clients
exec node --test --test-reporter=spec .

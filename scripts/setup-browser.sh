#!/usr/bin/env bash
# Finds a Chromium for the browser tests, or installs Debian's where that is possible. Never fails: without a
# browser those tests are skipped, and say so.
set -euo pipefail

say() { printf 'setup     %s\n' "$*"; }

has_browser() { command -v chromium >/dev/null || command -v chromium-browser >/dev/null; }

if [ -n "${AFTERCARE_CHROMIUM:-}" ] || has_browser; then exit 0; fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    say "no Chromium: browser tests will be skipped (as root: apt-get install chromium)"
    exit 0
fi
say "installing Chromium for the browser tests"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if { apt-get update && apt-get install --yes --no-install-recommends chromium; } >"$log" 2>&1 && has_browser; then
    say "Chromium is ready"
else
    tail -n 3 "$log" >&2
    say "Chromium could not be installed: browser tests will be skipped (as root: apt-get install chromium)"
fi

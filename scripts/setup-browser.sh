#!/usr/bin/env bash
# Finds a Chromium for the browser tests, or installs Debian's where that is possible. Never fails: without a
# browser those tests are skipped, and say so.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf 'setup     %s\n' "$*"; }

has_browser() { command -v chromium >/dev/null || command -v chromium-browser >/dev/null; }

# axe-core, which reads pages for what keeps people out; locked, into the ignored node_modules.
install_axe() {
    if ! command -v npm >/dev/null; then
        say "no npm: the accessibility tests will be skipped (as root: apt-get install npm)"
    elif ! cmp -s package-lock.json node_modules/.aftercare-lock; then
        if npm ci --ignore-scripts --loglevel=error >/dev/null 2>&1; then
            cp package-lock.json node_modules/.aftercare-lock
        else
            say "npm could not install axe-core: the accessibility tests will be skipped"
        fi
    fi
}

install_chromium() {
    local log
    if [ -n "${AFTERCARE_CHROMIUM:-}" ] || has_browser; then return; fi
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        say "no Chromium: browser tests will be skipped (as root: apt-get install chromium)"
        return
    fi
    say "installing Chromium for the browser tests"
    export DEBIAN_FRONTEND=noninteractive
    log=$(mktemp)
    if { apt-get update && apt-get install --yes --no-install-recommends chromium; } >"$log" 2>&1 && has_browser; then
        say "Chromium is ready"
    else
        tail -n 3 "$log" >&2
        say "Chromium could not be installed: browser tests will be skipped (as root: apt-get install chromium)"
    fi
    rm -f "$log"
}

install_axe
install_chromium

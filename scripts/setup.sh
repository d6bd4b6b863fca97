#!/usr/bin/env bash
# Makes .venv from requirements.lock. Safe to run at any time: when nothing changed it only compares a stamp.
#
#   scripts/setup.sh             everything the product and its checks need
#   scripts/setup.sh --browser   also a Chromium for the browser tests, where we may install one
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
stamp_file=.venv/.aftercare-stamp
with_browser=no
for argument in "$@"; do
    case $argument in
        --browser) with_browser=yes ;;
        *) echo "setup: unknown option $argument (known: --browser)" >&2; exit 2 ;;
    esac
done

say() { printf 'setup     %s\n' "$*"; }
fail() { printf 'setup     %s\n' "$*" >&2; exit 1; }

# What the environment is made from. The folder's own path belongs to it: a virtual environment cannot be moved.
stamp() {
    { printf '%s\n' "$root"
      cat pyproject.toml requirements.lock scripts/setup.sh scripts/protos.py 2>/dev/null
    } | sha256sum | cut -d' ' -f1
}

is_current() { [ -x .venv/bin/python ] && [ -f "$stamp_file" ] && [ "$(cat "$stamp_file")" = "$(stamp)" ]; }

find_python() {
    local candidate
    for candidate in python3.11 python3 python3.12 python3.13; do
        if command -v "$candidate" >/dev/null \
            && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    fail "needs Python 3.11 or newer. On Debian 12: apt-get install python3 python3-pip"
}

# Hosts that reach packages through a mirror or an authority of their own tell pip and the system; uv asks neither.
follow_host_settings() {
    local index certificate
    index=$("$python" -m pip config get global.index-url 2>/dev/null || true)
    index=${PIP_INDEX_URL:-$index}
    if [ -n "$index" ] && [ -z "${UV_DEFAULT_INDEX:-}" ]; then export UV_DEFAULT_INDEX=$index; fi
    certificate=${PIP_CERT:-}
    if [ -n "$certificate" ] && [ -z "${SSL_CERT_FILE:-}" ]; then export SSL_CERT_FILE=$certificate; fi
    if [ -s /etc/ssl/certs/ca-certificates.crt ]; then export UV_SYSTEM_CERTS=${UV_SYSTEM_CERTS:-1}; fi
    if [ ! -w "${HOME:-/nowhere}" ]; then export HOME=$root/.tools/home; mkdir -p "$HOME"; fi
}

# The locked uv, hashes and all, into .tools: works where the system's Python refuses packages and has no venv.
install_uv() {
    local wanted
    wanted=$(sed -n 's/^uv==\([^ ]*\).*/\1/p' requirements.lock)
    if [ -x .tools/bin/uv ] && .tools/bin/uv --version 2>/dev/null | grep -qF " $wanted "; then return 0; fi
    mkdir -p .tools
    sed -n '/^uv==/,/[^\\]$/p' requirements.lock >.tools/uv.lock
    rm -rf .tools/bin .tools/uv .tools/uv-*.dist-info
    "$python" -m pip install --quiet --disable-pip-version-check --no-warn-script-location --root-user-action ignore \
        --no-deps --require-hashes --target .tools -r .tools/uv.lock >.tools/uv.log 2>&1
}

fill_with_uv() {
    install_uv || return 1
    local uv=.tools/bin/uv
    if [ ! -x .venv/bin/python ] || [ "$(cat .venv/.aftercare-root 2>/dev/null)" != "$root" ]; then
        "$uv" venv --quiet --clear --no-python-downloads --python "$python" .venv || return 1
        printf '%s' "$root" >.venv/.aftercare-root
    fi
    "$uv" pip sync --quiet --python .venv/bin/python --require-hashes requirements.lock || return 1
}

fill_with_pip() {
    rm -rf .venv
    "$python" -m venv .venv \
        || fail "neither pip nor venv works here. On Debian 12: apt-get install python3-pip python3-venv"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
    printf '%s' "$root" >.venv/.aftercare-root
}

# Our own packages are used from services/, through one path file; the console script is made by hatchling.
install_ourselves() {
    mkdir -p services
    .venv/bin/uv pip install --quiet --python .venv/bin/python --offline --no-deps --no-build-isolation --editable .
}

build() {
    python=$(find_python)
    follow_host_settings
    say "installing the locked packages into .venv"
    fill_with_uv || { say "uv could not do it; trying venv and pip"; fill_with_pip; }
    install_ourselves
    if [ -f scripts/protos.py ]; then .venv/bin/python scripts/protos.py validation; fi
    stamp >"$stamp_file"
}

if ! is_current; then
    mkdir -p .tools
    # Two set-ups at once (a demo and a test run) must not build into the same folder.
    if command -v flock >/dev/null; then exec 9>.tools/lock; flock 9; fi
    if ! is_current; then
        began=$(date +%s)
        rm -f "$stamp_file"
        build
        say "ready in $(($(date +%s) - began)) s"
    fi
fi

if [ "$with_browser" = yes ]; then scripts/setup-browser.sh; fi

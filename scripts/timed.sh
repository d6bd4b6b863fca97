#!/usr/bin/env bash
# Runs one check: one line when it holds, everything it said when it does not.   scripts/timed.sh NAME COMMAND...
set -uo pipefail
name=$1
shift
began=${EPOCHREALTIME/./}
output=$("$@" 2>&1)
status=$?
tenths=$(((${EPOCHREALTIME/./} - began) / 100000))
printf '%-6s %-14s %4d.%d s\n' "$([ "$status" = 0 ] && echo ok || echo FAILED)" "$name" $((tenths / 10)) $((tenths % 10))
if [ "$status" != 0 ]; then printf '%s\n' "$output"; fi
exit "$status"

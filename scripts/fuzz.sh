#!/usr/bin/env bash
# Runs every fuzz target for FUZZTIME (default 10s), one on each processor at a time.
set -euo pipefail
cd "$(dirname "$0")/.."

fuzz() { # fuzz PACKAGE TARGET: prints what it did, at once
	log=$(mktemp)
	if go test -run '^$' -fuzz "^$2\$" -fuzztime "${FUZZTIME:-10s}" -parallel 1 "$1" >"$log" 2>&1; then
		echo "$1 $2: $(grep -o 'execs: [0-9]*' "$log" | tail -1)"
	# Go's fuzzer also fails when its time ends while an input is being tried; then it names no input.
	elif grep -q 'context deadline exceeded' "$log" && ! grep -q 'Failing input' "$log"; then
		echo "$1 $2: the time was over, and no input failed"
	else
		echo "$1 $2: FAILED"
		cat "$log"
		return 1
	fi
	rm -f "$log"
}
export -f fuzz

for package in $(go list ./...); do
	for target in $(go test -list '^Fuzz' "$package" | grep '^Fuzz' || true); do
		echo "$package $target"
	done
done | xargs -P "$(nproc)" -L 1 bash -euo pipefail -c 'fuzz "$0" "$1"'

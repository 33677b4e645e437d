#!/usr/bin/env bash
# Runs the golden tests, whose bytes must be the same on every platform, on emulated arm64: compilers fuse
# products and sums there.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for package in formats/float formats/ggml tensorstore/codec tensorstore/predict; do
	GOARCH=arm64 CGO_ENABLED=0 go test -c -o "$work/test" "./$package"
	echo "$package"
	(cd "$package" && qemu-aarch64 "$work/test" -test.run 'Golden|Arranged|Scaled|Merged|Hinted|Replay|Settle|Cast|NaNs|Round|ToOdd')
done

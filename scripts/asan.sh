#!/usr/bin/env bash
# Runs the kernels in C under GCC's address sanitizer: seeds of fuzz targets, which are long enough for every loop,
# and short tests that compare kernels with Go.
set -euo pipefail
cd "$(dirname "$0")/.."
seeds='Fuzz(Core|(Delta|Fields)?Decode|RoundTrip|ParseNumbers|Predict)'
tests='Test(KernelsCheckLengths|Lanes|AddBytes|MetersAgree|Kernels(Load|Store|Move)TheSame|Products)'
go test -asan -timeout 30m -run "^($seeds|$tests)\$" ./formats/ggml ./formats/number ./tensorstore/codec/... ./tensorstore/predict ./repo/diff

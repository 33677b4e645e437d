#!/usr/bin/env bash
# Runs the kernels in C under GCC's address sanitizer: seeds of fuzz targets, which are long enough for every loop,
# and tests that compare kernels with Go.
set -euo pipefail
cd "$(dirname "$0")/.."
try() { go test -asan -timeout 30m -run "$1" "$2"; }
try '^FuzzCore$|^TestKernelsCheck' ./formats/ggml
try '^TestLanes$|^TestAddBytes$' ./formats/number
try '^Fuzz(Delta|Fields|Blocks)Decode$|^Fuzz(RoundTrip|ParseNumbers)$|^TestMetersAgree$' ./tensorstore/codec
try '^FuzzPredict$|^TestKernels' ./tensorstore/predict

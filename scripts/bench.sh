#!/usr/bin/env bash
# Speeds and sizes of dits beside those of its peers, as Markdown. Uses ../shared/corpus if it is there,
# else testdata/family. Set BENCH_BYTES (2147483648) to add a made pair of that size,
# kept in BENCH_DIR when that is set; RUNS (3) for more or fewer runs. BENCH_FAMILY: a folder that scripts/family/checkpoints.py
# filled, to measure F32 and checkpoints too. DITS: another binary than bin/dits.
set -euo pipefail
cd "$(dirname "$0")/.."

tags=
if printf '#include <zstd.h>\n#include <lz4.h>\nint main(void) { return 0; }\n' |
	${CC:-cc} -x c - -o /dev/null -lzstd -llz4 2>/dev/null; then
	tags=cpeers
fi
corpus=testdata/family
[ -f ../shared/corpus/safetensors/base.safetensors ] && corpus=../shared/corpus/safetensors

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
dir=${BENCH_DIR:-$tmp}
mkdir -p "$dir"
go build -tags "$tags" -o "$tmp/bench" ./scripts/bench

pair=()
if [ -n "${BENCH_BYTES:-}" ]; then
	go build -o "$tmp/bigmodel" ./scripts/bigmodel
	base=$dir/made-$BENCH_BYTES.safetensors
	tuned=$dir/moved-$BENCH_BYTES.safetensors
	[ -f "$base" ] || "$tmp/bigmodel" -bytes "$BENCH_BYTES" -o "$base"
	[ -f "$tuned" ] || "$tmp/bigmodel" -bytes "$BENCH_BYTES" -move 1e-4 -o "$tuned"
	pair=(-pair "$base,$tuned")
fi
family=()
if [ -n "${BENCH_FAMILY:-}" ]; then
	for kind in f32 bf16; do
		in=$BENCH_FAMILY/$kind
		for both in base,ft-50 base,ft-hard ft-100,ft-150; do
			family+=(-pair "$in/${both%,*}.safetensors,$in/${both#*,}.safetensors")
		done
		family+=(-sequence "$in/base.safetensors,$in/ft-50.safetensors,$in/ft-100.safetensors,$in/ft-150.safetensors")
		family+=(-sequence "$in/base-340.safetensors,$in/base-360.safetensors,$in/base-380.safetensors")
	done
	f32=$BENCH_FAMILY/f32 bf16=$BENCH_FAMILY/bf16
	family+=(-sequence "$f32/base.safetensors,$bf16/base.safetensors,$f32/widened.safetensors,$f32/ft-hard.safetensors,$bf16/ft-hard.safetensors")
fi
"$tmp/bench" -dits "${DITS:-bin/dits}" -corpus "$corpus" -runs "${RUNS:-3}" -work "$dir" ${pair[@]+"${pair[@]}"} ${family[@]+"${family[@]}"}

#!/usr/bin/env bash
# GGUF ladders in dits beside the real quantiser that makes them, as Markdown: the corpus' when it is there (its quants as they
# are), and one of 117 million weights made here (scripts/ladder). LADDER_DIR keeps what is made and installed, 1.2 GB, for the
# next run; LADDER_TYPES chooses the quants, THREADS those of dits and the quantiser (default: all cores); LADDER_ONLY=corpus or
# large does only one; DITS another binary than bin/dits. About 6 minutes on two cores.
set -euo pipefail
cd "$(dirname "$0")/.."

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
dir=${LADDER_DIR:-$tmp}
mkdir -p "$dir"
go build -o "$tmp/bench" ./scripts/bench

lib=$(scripts/ladder/library.sh "$dir")
python=${PYTHON:-/usr/bin/python3}
bench() {
	"$tmp/bench" -dits "${DITS:-bin/dits}" -work "$dir" -threads "${THREADS:-0}" \
		-quantise "$python scripts/family/quantise.py --lib $lib" "$@"
}

corpus=../shared/corpus
export PYTHONDONTWRITEBYTECODE=1
if [ "${LADDER_ONLY:-corpus}" = corpus ] && [ -f $corpus/gguf/base-F16.gguf ]; then
	quants=()
	for f in "$corpus"/gguf/*-*.gguf; do
		[ "$f" = $corpus/gguf/base-F16.gguf ] || quants+=("$f")
	done
	bench -source $corpus/safetensors/base.safetensors -source $corpus/gguf/base-F16.gguf "${quants[@]}"
fi
if [ "${LADDER_ONLY:-large}" = large ]; then
	large=$dir/large
	[ -f "$large/base-F16.gguf" ] || scripts/ladder/make.sh "$large" >&2
	quants=()
	for t in ${LADDER_TYPES:-Q8_0 Q6_K Q5_K_M Q4_K_M Q3_K_M Q2_K Q4_0 IQ4_XS}; do
		quants+=("$large/base-$t.gguf")
	done
	[ -f "$large/base.imatrix" ] && quants+=("$large/base-Q4_K_M-imatrix.gguf")
	bench -source "$large/base.safetensors" -source "$large/base-F16.gguf" "${quants[@]}"
fi

#!/usr/bin/env bash
# Processor seconds of dits on large and on many tensors, as a table. Needs 6 GB in DIR (default: a folder of its own
# below /dev/shm or TMPDIR), some minutes, and a quiet machine.
#
#   scripts/bench-large.sh [DIR]
set -euo pipefail
cd "$(dirname "$0")/.."
fast=/dev/shm
[ -d "$fast" ] || fast=${TMPDIR:-/tmp}
dir=${1:-$(mktemp -d "$fast/dits-large-XXXXXX")}
mkdir -p "$dir"
trap 'rm -rf "$dir"' EXIT
go build -o "$dir/bigmodel" ./scripts/bigmodel
export PATH="$PWD/bin:$PATH"
cd "$dir"

# row NAME COMMAND...: user and system time of a command, in seconds
row() {
	local name=$1 TIMEFORMAT='%U %S' spent
	shift
	spent=$({ time "$@" >/dev/null 2>/dev/null; } 2>&1)
	awk -v name="$name" -v spent="$spent" 'BEGIN { split(spent, s, " "); printf "| %s | %.2f |\n", name, s[1] + s[2] }'
}

# fresh: an empty repository in a folder of its own
fresh() {
	cd "$dir" && rm -rf r && mkdir r && cd r && dits init >/dev/null
}

echo "| what | processor seconds |"
echo "|---|---|"
for size in 805306368 1610612736; do
	fresh
	../bigmodel -bytes $size -tensors 1 -o base.safetensors
	dits add base.safetensors 2>/dev/null >/dev/null
	../bigmodel -bytes $size -tensors 1 -move 1e-4 -o tuned.safetensors
	dits add tuned.safetensors 2>/dev/null >/dev/null
	row "cat of one tensor of $((size >> 20)) MiB, a fine-tune" dits cat :tuned.safetensors
done
fresh
../bigmodel -bytes 536870912 -o base.safetensors
../bigmodel -bytes 536870912 -move 1e-4 -o tuned.safetensors
row "add of 512 MiB" dits add base.safetensors
row "add of 512 MiB, a fine-tune of it" dits add tuned.safetensors
fresh
../bigmodel -bytes 41943040 -tensors 5000 -o many.safetensors
dits add many.safetensors 2>/dev/null >/dev/null
row "cat of 5,000 tensors" dits cat :many.safetensors
row "export --tensors '*' of the same" dits export :many.safetensors --tensors '*' -o ../many.safetensors
fresh
for i in $(seq 40); do ../bigmodel -bytes $((300 * 8192)) -tensors 300 -move 1e-$((i % 4 + 2)) -o "$i.safetensors"; done
dits add --level fast . 2>/dev/null >/dev/null
dits commit -m models >/dev/null 2>&1
row "status of 40 files of 300 tensors" dits status
touch ./*.safetensors
dits add . 2>/dev/null >/dev/null
row "add of nothing new among them" dits add .

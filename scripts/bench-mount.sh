#!/usr/bin/env bash
# Speed of reading through `dits mount` beside that of `dits restore`, which is a checkout of one file, as a table: elapsed
# and processor seconds, medians of RUNS runs that take turns. Needs FUSE, 5 GB in DIR (default: a folder of its own below /dev/shm or TMPDIR), and a quiet machine.
#
#   scripts/bench-mount.sh [DIR]
set -euo pipefail
cd "$(dirname "$0")/.."
fast=/dev/shm
[ -d "$fast" ] || fast=${TMPDIR:-/tmp}
dir=${1:-$(mktemp -d "$fast/dits-mount-XXXXXX")}
mkdir -p "$dir"
mounted=
trap '[ -z "$mounted" ] || umount "$mounted" || fusermount3 -u "$mounted"; rm -rf "$dir"' EXIT
go build -o "$dir/bigmodel" ./scripts/bigmodel
go build -o "$dir/readspeed" ./scripts/readspeed
export PATH="$PWD/bin:$PATH"
runs=${RUNS:-5}
file=model.safetensors

mkdir "$dir/r" && cd "$dir/r" && dits init -q
for move in 0 1e-4; do
	../bigmodel -bytes 1073741824 -move $move -o $file
	dits add -q $file && dits commit -q -m "moved by $move"
done
dits tag -q whole main~1
dits mount -q "$dir/m" &
server=$!
until [ -d "$dir/m/branches" ]; do sleep 0.1; done
mounted=$dir/m

# median: of the numbers on stdin
median() { sort -n | awk '{ n[NR] = $1 } END { print n[int((NR + 1) / 2)] }'; }

# spent COMMAND...: elapsed and processor seconds of a command
spent() {
	local TIMEFORMAT='%R %U %S'
	{ time "$@" >/dev/null 2>&1; } 2>&1 | awk '{ print $1, $2 + $3 }'
}

# served: processor seconds of the mount up to now
served() { awk -v tick="$(getconf CLK_TCK)" '{ print ($14 + $15) / tick }' "/proc/$server/stat"; }

# row NAME REV PATH: checkout of a revision and reading the same in the mount, by turns
row() {
	local before
	rm -f ../out ../read
	for _ in $(seq "$runs"); do
		rm -f $file
		spent dits restore -q --source "$2" $file >>../out
		before=$(served)
		echo "$(spent ../readspeed "$dir/m/$3/$file") $before $(served)" | awk '{ print $1, $2 + $4 - $3 }' >>../read
	done
	cmp $file "$dir/m/$3/$file"
	echo "$1 $(cut -d' ' -f1 ../out | median) $(cut -d' ' -f1 ../read | median)" \
		"$(cut -d' ' -f2 ../out | median) $(cut -d' ' -f2 ../read | median)" |
		awk '{ n = NF - 3; name = $1; for (i = 2; i < n; i++) name = name " " $i
			printf "| %s | %.2f s | %.2f s | %.0f%% | %.2f s | %.2f s |\n", name, $n, $(n+1), 100 * $n / $(n+1), $(n+2), $(n+3) }'
}

echo "| 1 GiB of BF16 | checkout | read in order | speed of checkout | processor: checkout | read |"
echo "|---|---|---|---|---|---|"
row "stored whole" whole tags/whole
row "difference to another" main branches/main
echo
echo "4 KiB at random in one chunk: $(../readspeed -random 20000 "$dir/m/tags/whole/$file") MB/s, from the kernel's memory" \
	"$(../readspeed -random 20000 -kept "$dir/m/tags/whole/$file") MB/s"

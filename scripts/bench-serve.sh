#!/usr/bin/env bash
# dits serve beside dits checkout, on files of 1 GiB, and under clients that ask for ranges of the corpus. Needs 9 GB
# in DIR (default: a folder of its own below /dev/shm or TMPDIR), some minutes, and a quiet machine. With
# DITS_ORACLE_PYTHON (scripts/oracle/requirements.txt) also a quant is served.
#
#   scripts/bench-serve.sh [DIR]
set -euo pipefail
cd "$(dirname "$0")/.."
corpus=$PWD/../shared/corpus
fast=/dev/shm
[ -d "$fast" ] || fast=${TMPDIR:-/tmp}
dir=${1:-$(mktemp -d "$fast/dits-serve-XXXXXX")}
mkdir -p "$dir"
server=
trap '[ -z "$server" ] || kill -INT "$server"; rm -rf "$dir"' EXIT
go build -o "$dir/" ./scripts/bigmodel ./scripts/serveload
oracle=$PWD/scripts/oracle
export PATH="$PWD/bin:$dir:$PATH"
cd "$dir"

# serve FOLDER: starts a server with cold caches
serve() {
	dits serve -q --addr 127.0.0.1:0 "local/model=$1" >address &
	server=$!
	until grep -qs HF_ENDPOINT address; do sleep .05; done
	url=$(sed -n 's/^HF_ENDPOINT=//p' address)/local/model/resolve/main/
}

# spent: processor seconds that the server has taken, and the most memory
spent() { awk -v hz="$(getconf CLK_TCK)" '{ printf "%.2f s of processor time", ($14 + $15) / hz }' "/proc/$server/stat"
	awk '/VmHWM/ { printf ", %d MiB resident at most\n", $2 / 1024 }' "/proc/$server/status"; }

stop() { kill -INT "$server"; wait "$server"; server=; }

mkdir big && cd big && dits init -q
bigmodel -bytes 1073741824 -o base.safetensors
dits add -q base.safetensors
bigmodel -bytes 1073741824 -move 1e-4 -o tuned.safetensors
dits add -q tuned.safetensors
if [ -n "${DITS_ORACLE_PYTHON:-}" ]; then
	"$DITS_ORACLE_PYTHON" "$oracle/q8.py" base.safetensors base-Q8_0.gguf
	dits add -q base-Q8_0.gguf
fi
dits commit -q -m big
mkdir ../files && mv ./*.* ../files
cd ..
for file in files/*; do
	name=$(basename "$file")
	TIMEFORMAT="  checkout: %R s, %U + %S s of processor time"
	echo "$name"
	time dits -C big checkout -q -- "$name"
	rm "big/$name"
	serve big
	printf '  '
	serveload -url "$url" -dir files "$name"
	printf '  serve: '
	spent
	stop
done
rm -rf big files
if [ -d "$corpus" ]; then
	cp -r "$corpus" corpus && chmod -R u+w corpus && dits init -q corpus
	dits -C corpus add -q . && dits -C corpus commit -q -m corpus
	mapfile -t names < <(cd corpus && find gguf safetensors -name '*.gguf' -o -name '*.safetensors' | sort)
	serve corpus
	serveload -clients 16 -url "$url" -dir corpus "${names[@]}"
	printf '  serve: '
	spent
	stop
fi

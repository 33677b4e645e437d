#!/bin/sh
# Makes the family of testdata/family again, from a bare Debian machine (x86-64, root for apt-get): about 10 minutes on one core.
#
#   scripts/family/make.sh [OUT]        OUT: default testdata/family; WORK: scratch folder, default a new one
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/../../testdata/family}
work=${WORK:-$(mktemp -d)}
llama=@node-llama-cpp/linux-x64 version=3.22.1
export PYTHONDONTWRITEBYTECODE=1

say() { printf '\n== %s\n' "$*"; }

say "packages: a CPU torch, Go's source, Perl's and Python's libraries, npm"
missing=
/usr/bin/python3 -c 'import torch, numpy' 2>/dev/null || missing="python3-torch libopenblas0-pthread"
/usr/bin/python3 -c 'import ensurepip' 2>/dev/null || missing="$missing python3-venv"
test -d /usr/share/perl || missing="$missing perl"
command -v go >/dev/null || missing="$missing golang-go"
command -v npm >/dev/null || missing="$missing npm"
if [ -n "$missing" ]; then
	apt-get update -q
	# shellcheck disable=SC2086
	apt-get install -y -q $missing
fi

say "llama.cpp's quantiser ($llama@$version) and the public readers"
npm install --silent --ignore-scripts --prefix "$work/npm" "$llama@$version"
lib=$work/npm/node_modules/$llama/bins/linux-x64
test -x "$work/venv/bin/python" || /usr/bin/python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q gguf safetensors numpy

say "train"
mkdir -p "$out"
nice /usr/bin/python3 "$here/train.py" --goroot "$(go env GOROOT)" --out "$out"

say "convert and quantise"
/usr/bin/python3 "$here/togguf.py" "$out/base.safetensors" "$work/base-F16.gguf"
for type in Q8_0 Q4_K_M; do
	/usr/bin/python3 "$here/quantise.py" --lib "$lib" "$work/base-F16.gguf" "$out/base-$type.gguf" "$type" >"$work/$type.log" ||
		{ cat "$work/$type.log"; exit 1; }
	tail -n 2 "$work/$type.log"
done

say "check"
"$work/venv/bin/python" "$here/check.py" "$out"
for type in Q8_0 Q4_K_M; do
	/usr/bin/python3 "$here/evaluate.py" --lib "$lib" "$out/base-$type.gguf" "$out/base.safetensors"
done
(cd "$out" && sha256sum -- *.safetensors *.gguf *.json >SHA256SUMS)
say "done: $out (README.md there has the figures of the committed files; scratch in $work)"

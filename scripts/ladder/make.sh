#!/bin/sh
# Makes the float source of a large ladder in OUT: base.safetensors (BF16), base-F16.gguf and base.imatrix of 117 million weights,
# 470 MB. From the corpus' base when it is there; else from testdata/family's, with 133 million, a smaller vocabulary and no imatrix.
#
#   scripts/ladder/make.sh OUT        # a Python with numpy: PYTHON, default Debian's with python3-numpy
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
python=${PYTHON:-/usr/bin/python3}
corpus=$root/../shared/corpus
if [ -f "$corpus/safetensors/base.safetensors" ]; then
	set -- "$1" --layers 8 --imatrix "$corpus/gguf/base.imatrix" "$corpus/safetensors/base.safetensors"
else
	set -- "$1" --layers 18 "$root/testdata/family/base.safetensors"
fi
out=$1
shift
export PYTHONDONTWRITEBYTECODE=1
"$python" "$here/enlarge.py" "$@" "$out/base.safetensors"
"$python" "$here/../family/togguf.py" "$out/base.safetensors" "$out/base-F16.gguf"
